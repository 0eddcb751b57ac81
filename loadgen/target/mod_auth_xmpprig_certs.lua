-- Passwords, and certificates for those who show one: mod_auth_internal_hashed and, of prosody-modules, mod_auth_ccert, each as it is.
-- A host of Prosody has one of them alone.
module:depends("auth_internal_hashed");
module:depends("auth_ccert");

local passwords, certificates;
for _, provider in ipairs(module:get_host_items("auth-provider")) do
	if provider.name == "internal_hashed" then
		passwords = provider;
	elseif provider.name == "ccert" then
		certificates = provider;
	end
end

local provider = {}; -- to which Prosody gives a metatable of its own
for name, value in pairs(passwords) do
	provider[name] = value;
end
provider.name = "xmpprig_certs";

function provider.get_sasl_handler(session)
	local socket = session.secure and session.conn and session.conn:socket();
	if socket and socket.getpeercertificate and socket:getpeercertificate() then
		return certificates.get_sasl_handler(session);
	end
	return passwords.get_sasl_handler(session);
end

module:provides("auth", provider);
