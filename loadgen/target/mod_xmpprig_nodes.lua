-- Everybody may create nodes at the publish-subscribe service, as on servers
-- that are open to their users; Prosody itself lets only admins.
local service = module:depends("pubsub").service;
local capabilities = {};
for affiliation, may in pairs(service.config.capabilities) do
	local copy = {};
	for action, allowed in pairs(may) do copy[action] = allowed; end
	capabilities[affiliation] = copy;
end
capabilities.none.create = true;
capabilities.member.create = true;
service.config.capabilities = capabilities;
