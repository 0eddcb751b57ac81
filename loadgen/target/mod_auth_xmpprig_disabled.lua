-- The accounts of internal_hashed, and one that is disabled, which Prosody itself has no way to say.
module:depends("auth_internal_hashed");

local disabled = module:get_option_string("xmpprig_disabled");
local hashed;
for _, provider in ipairs(module:get_host_items("auth-provider")) do
	if provider.name == "internal_hashed" then hashed = provider; end
end

local provider = {}; -- to which Prosody gives a metatable of its own
for name, value in pairs(hashed) do
	provider[name] = value;
end
provider.name = "xmpprig_disabled";

function provider.get_sasl_handler()
	local handler = hashed.get_sasl_handler();
	local test = handler.profile.plain_test;
	function handler.profile.plain_test(sasl, username, password, realm)
		if username == disabled then return true, false; end
		return test(sasl, username, password, realm);
	end
	return handler;
end

module:provides("auth", provider);
