-- mod_sasl2 and mod_sasl2_fast of prosody-modules are written for a Prosody later than 0.12. This gives them what 0.12 lacks, and
-- changes nothing where it is there: how to ask a connection about its TLS, the header of the stream, of which they want no more than
-- that it names somebody, times with fractions of a second, and an attribute of a child. Channel binding they do without.
local stanza = require "util.stanza".stanza_mt;
if not stanza.get_child_attr then
	function stanza:get_child_attr(name, xmlns, attr)
		local child = self:get_child(name, xmlns);
		return child and child.attr[attr];
	end
end
local datetime = require "util.datetime";
local of_seconds = datetime.datetime;
function datetime.datetime(t) return of_seconds(t and math.floor(t)); end

module:hook("stream-features", function (event)
	local session = event.origin;
	local conn = session.conn;
	local methods = conn and not conn.ssl_info and (getmetatable(conn) or {}).__index;
	if type(methods) == "table" then
		function methods:ssl_info()
			local socket = self:socket();
			return socket.info and socket:info();
		end
	end
	event.stream = event.stream or { from = "user@" .. module.host };
end, 1000);
