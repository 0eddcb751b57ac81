-- Fails inside Prosody on request, in the ways modules fail: a nonza
-- <handler xmlns='urn:xmpprig:fail'/> in a stanza handler, <timer/> in a timer.
module:set_global();
local add_task = require "util.timer".add_task;
local watch = require "net.server".addtimer or function () end;
local function host_hooks(host)
	host:hook("stanza/urn:xmpprig:fail:handler", function () error("planted in a handler"); end);
	host:hook("stanza/urn:xmpprig:fail:timer", function ()
		add_task(0.01, function () error("planted in a timer"); end);
		return true;
	end);
	host:hook("stanza/urn:xmpprig:fail:log", function ()
		module:log("warn", "panic: this is no crash, nor is Traceback[c2s]: here");
		module:log("error", "A failure that was dealt with, Traceback in its text");
		return true;
	end);
end
host_hooks(module);
function module.add_host(host) host_hooks(host); end
