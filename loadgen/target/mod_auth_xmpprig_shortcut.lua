-- Every account exists and has one password, whose keys are derived once.
local new_sasl = require "util.sasl".new;
local hashers = require "util.sasl.scram".hashers;
local saslprep = require "util.encodings".stringprep.saslprep;

local host = module.host;
local password = module:get_option_string("xmpprig_password");
local iterations = module:get_option_number("xmpprig_iterations", 10000);
local salt = "xmpprig shortcut";

local function derive(hash)
	local _, stored_key, server_key = assert(hashers[hash](password, salt, iterations));
	return function () return stored_key, server_key, iterations, salt, true; end
end

local profile = {
	plain_test = function (_, _, given) return saslprep(given) == password, true; end;
	scram_sha_1 = derive("SHA-1");
	scram_sha_256 = derive("SHA-256");
};

local provider = {};
function provider.user_exists() return true; end
function provider.test_password(_, given) return saslprep(given) == password or nil; end
function provider.get_password() return password; end
function provider.set_password() return true; end
function provider.create_user() return true; end
function provider.delete_user() return true; end
function provider.users() return function () end; end
function provider.get_sasl_handler() return new_sasl(host, profile); end

module:provides("auth", provider);
