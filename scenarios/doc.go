// Package scenarios is the scenario language: it parses, checks, prints and
// ships the files that say what load a run puts on an XMPP server.
//
// This page is the reference of the language. A whole scenario:
//
//	# People write to each other at random, whatever the server does.
//	name: chat
//	description: Users write short messages to one another at random.
//	users: {name: "user{n}", password: "secret{n}"}
//	target: {tls: starttls, mechanism: SCRAM-SHA-256}
//	load:
//	  sessions: 2000
//	  login: {rate: 250/s}
//	  warm-up: 3s
//	  phases:
//	    - {name: steady, duration: 20s, open: {rate: 1000/s, arrivals: poisson}}
//	session:
//	  start: [login, presence]
//	  work:
//	    - message: {to: random, size: {exponential: 120B, max: 4KB}}
//	  stop: [logout]
//
// It brings up 2000 sessions, 250 a second. Each logs in and sends presence.
// Then, for 3 seconds of warm-up and 20 measured seconds, 1000 times a second
// some session sends a message to some other user. At the end all log out.
//
// # Files
//
// A file is YAML in UTF-8 and holds one scenario. Begin it with a comment that
// says why the scenario exists. Anchors, aliases, merge keys, tags and further
// documents are refused, as are files above 1 MiB, 10,000 words and marks, or
// 64 levels. Unknown keys, keys that stand twice and quantities without a unit
// are errors; [Parse] reports all errors of a file at once, each with its place
// and what to write instead. [Schema] gives editors the same knowledge.
//
// The keys of a scenario:
//
//	name         how records call it; needed
//	description  what it does, in a sentence
//	users        who logs in; needed
//	target       where it wants to run
//	elsewhere    where every second user is at home, if not there
//	load         how many sessions, how fast, and the phases; needed
//	rooms        the rooms that sessions share
//	session      what one session does; needed
//	objectives   bounds that a run has to keep
//
// Names of scenarios and phases, and the labels of steps, are of small letters,
// digits, dots, dashes and underscores, and begin with a letter or a digit.
//
// # Quantities
//
// Every quantity carries its unit:
//
//	durations  500ms  2s  1m30s  1h   with ns, us, ms, s, m, h; a week at most
//	rates      100/s  6000/m  0.5/h   a second, minute, hour; a million a second at most
//	sizes      120B  4KB  4KiB  1MB   of 1000 or 1024; whole bytes; 1MB at most
//
// Where a size or a duration may be drawn at random it is one of
//
//	120B                                  always this
//	{uniform: [100B, 2KB]}                all between alike
//	{exponential: 120B}                   this mean: many small ones, few large
//	{exponential: 120B, max: 4KB}         the same, but what is larger becomes 4KB
//
// Counts and weights are plain numbers.
//
// # Users
//
// User n, from 0, has the name and the password of the patterns with {n}
// replaced by n. Session n belongs to user n, or where users have two devices
// to user n/2.
//
//	count     how many there are, at least load.sessions, by devices; default: as many
//	name      pattern of the local part of the address; needed
//	password  pattern of the password; needed
//	resource  what to bind; default: xmpprig
//	devices   how many sessions each user has, up to 8, with resources of their own:
//	          xmpprig, xmpprig-2 and so on; default: 1
//
// Messages go to users, not to devices: what the server hands to a device is counted and timed
// as a delivery, and the first of them delivers the message. Each device of sender and recipient that
// has carbons on is owed the message or a copy (XEP-0280); copies are timed as
// message.carbon. Rooms, publish, register and elsewhere are for users with one device.
//
// # Target
//
// The command line overrides all of it.
//
//	server     loopback, prosody, ejabberd or jabberd2, which are started for the run, or
//	           HOST or HOST:PORT; default: loopback
//	domain     what the users belong to; default: localhost, or the host
//	transport  tcp, websocket (RFC 7395) or bosh (XEP-0124); default: tcp
//	tls        none, starttls or direct; default: starttls, with websocket and
//	           bosh, which have none, direct
//	login      by which protocol sessions authenticate and bind: classic, which is
//	           SASL, a new stream and resource binding (RFC 6120); sasl2, with
//	           Bind 2 inline where it is offered (XEP-0388, XEP-0386), and
//	           otherwise no login; fast, which is sasl2 with tokens: the first
//	           login of each user asks for one, and the next ones take one round
//	           with it (XEP-0484); auto, as clients would: the best of these that
//	           is offered, over TLS, else classic; default: classic
//	mechanism  PLAIN, SCRAM-SHA-1, SCRAM-SHA-256, SCRAM-SHA-512, one of the
//	           latter with -PLUS, OAUTHBEARER, for which the password is the
//	           token, DIGEST-MD5, or ANONYMOUS, with which users have no names
//	           that others could write to, or EXTERNAL, with a certificate for
//	           each user; default: the strongest that the server offers
//	stream-management  resume, acks or none (XEP-0198), or {resume: true,
//	           ack-every: 5}: whether sessions acknowledge stanzas, after how many
//	           they ask for it in turn, and whether the server is asked to keep
//	           sessions whose connection is lost; default: none
//
// # Elsewhere
//
// With this block users 1, 3, 5 and so on are not the target's: their sessions have no streams to it of their own, and what they
// exchange with users 0, 2, 4 and so on passes between two domains. "paired" and "remote" are peers across that border.
//
//	component  they are behind an external component (XEP-0114) that serves this
//	           domain; a name without a dot is a subdomain of the target's. The
//	           server must be one that the rig starts
//	server     they are at elsewhere.test, another server: loopback, prosody,
//	           ejabberd or jabberd2, which is started beside the one under test,
//	           and federated with it by dialback (XEP-0220) through a door of the
//	           rig. The one under test must be one of these, too
//	domains    they are at so many domains, d0.peers.test and on, whose server is
//	           the rig: it opens streams to the server under test, takes those
//	           of it, and proves each domain by dialback. The server must be one
//	           that the rig starts
//	streams    with domains: how many streams these share to the server; without,
//	           each domain opens one of its own
//	tls        with server or domains: none is dialback without TLS, dialback is over
//	           TLS alone, external is certificates over TLS (XEP-0178), of an
//	           authority that all of them believe, and which jabberd2 does not know.
//	           Default: none with domains; with server dialback, over TLS where
//	           both can
//	split      {after: 5s, for: 5s, how: silence}: with server, the door is shut
//	           for a while, counted from the beginning of the measured phases.
//	           The connections fall silent, so that what is sent meanwhile is
//	           late, or are reset (how: reset), so that some is lost or refused
//
// Users behind a component, or of domains of the rig, have no streams of their own. Their login is measured as a session's is, though it takes no time; the rig does for
// them what a server would: it broadcasts presence, answers probes, and has an empty roster for each.
//
// # Load
//
//	sessions  how many there are; needed
//	login     {rate: 100/s, arrivals: constant}: how fast they come up
//	warm-up   a run-up to the first phase, at its first rate, which is recorded
//	          and tagged but left out of the figures; default: 5s
//	drain     the longest wait for late answers after the last phase; default: 5s
//	timeout   the longest wait for one answer; default: 10s
//	reconnect  true: sessions that lose their connection come back, after delays
//	          that grow from 200ms to 5s; default: false
//	restart-server  how long after the beginning of the measured phases the rig
//	          restarts the server, if it has started it; sessions reconnect then
//	phases    the measured stretches, one after the other; needed
//
// A phase has a name (login, warm-up and drain are taken), a duration, and is
// either open or closed. An open phase offers arrivals at a rate, whether or not
// the server keeps up, and each arrival runs session.work once, on the session
// whose turn it is. A closed phase holds a number of sessions, or all, each of
// which runs session.work again and again, so that a slow server is asked less.
// Arrivals are constant or poisson; constant is the default. These are phases:
//
//	phases:
//	  - {name: steady, duration: 30s, open: {rate: 1000/s, arrivals: poisson}}
//	  - {name: up, duration: 30s, open: {ramp: {from: 10/s, to: 200/s}}}
//	  - {name: steps, duration: 50s, open: {stairs: {from: 100/s, to: 500/s, steps: 5}}}
//	  - {name: hold, duration: 30s, closed: {sessions: 100}}
//	  - {name: everybody, duration: 30s, closed: {sessions: all}}
//
// # Rooms
//
// The rooms (XEP-0045) that sessions share. Each room has as many occupants as
// the others, and sessions that follow each other in number are in different
// rooms. A session may be in several rooms, or in none; then its steps join,
// groupchat and leave do nothing.
//
//	count      how many there are; needed
//	name       pattern of the local part of a room's address, in which {n} is the
//	           room's number, from 0; needed
//	occupants  how many sessions each room has: a number, or a share of all such as
//	           10%; default: every session is in one room
//	service    the domain of the rooms; default: conference.DOMAIN or, where there
//	           is none, the service that the server names (XEP-0030)
//
// A server without rooms is refused before the run.
//
//	rooms: {count: 20, name: "room{n}", occupants: 50}
//
// # Session
//
//	features  what its client says that it can do, in its presence and when asked
//	          (XEP-0115); with +notify behind a node's name it asks to be told of it
//	start     what each session does once, from its login on
//	work      what it does for each arrival, or over and over; needed
//	stop      what it does once at the end; default: [logout] where start logs in
//
// Start begins with login, or with register and login, and work leaves the session logged in. Without start,
// work begins with login and ends logged out: sessions come and go, and load.login
// plays no part.
//
//	name: comers-and-goers
//	users: {name: "user{n}", password: "secret{n}"}
//	load:
//	  sessions: 1000
//	  phases: [{name: storm, duration: 30s, open: {rate: 100/s}}]
//	session:
//	  work: [login, presence, {wait: 1s}, logout]
//
// # Steps
//
// A step is a bare word, or one key with what the step needs. Most steps are
// measured: their times make a series of the record, under the step's name or
// under the label that "as" gives it. Different kinds of steps cannot share a
// label. Additions to the roster are called roster-add, and a reconnect is
// recorded as login. Wait, disconnect, reconnect, vanish, stop-reading, repeat,
// every and choose have no label.
//
// Steps that begin and end sessions:
//
//	work:
//	  - login                                 # connect, secure, authenticate, bind
//	  - {wait: 1s}
//	  - logout                                # close the stream (RFC 6120 section 4.4)
//	  - {login: SCRAM-SHA-1}                  # with this mechanism
//	  - disconnect                            # drop the connection without a word
//	  - reconnect                             # drop it if it is there, log in again
//	  - resume                                # drop it if it is there, resume the session
//
// Resume needs stream-management. What was not acknowledged is sent again, on
// both sides, and the session is what it was. Where the server has not kept it
// the step fails, and the steps of start are done again. Between disconnect and
// resume the client is away:
//
//	work:
//	  - {message: {to: random, size: 120B}}
//	  - disconnect
//	  - {wait: {exponential: 1s, max: 5s}}
//	  - resume
//	  - vanish                                # leave the connection half open
//	  - {wait: 1s}
//	  - resume
//	  - stop-reading: 5s                      # let what arrives pile up
//	  - carbons                               # copies for other sessions (XEP-0280)
//	  - csi: inactive                         # nobody looks (XEP-0352); or active
//	  - {csi: {state: active, as: looked-at}}
//
// Accounts are made and removed in-band (XEP-0077). An account that register makes, over a
// stream of its own, is the session's in place of its user's until unregister removes it, which
// ends the session. In its name {n} is the user's number, {seq} counts the session's accounts, and
// {run} is a word that no other run has; the password is the user's unless it is given. How long
// the server took to make it is timed as register.account. What the run cannot remove is named in
// the record.
//
//	work:
//	  - logout
//	  - register                              # or {register: {name: "fresh{n}.{run}.{seq}", password: "secret"}}
//	  - login
//	  - {message: {to: self, size: 120B}}
//	  - unregister
//	  - login                                 # as the user again
//
// Steps that send stanzas. Presence is available, away, chat, dnd, xa or
// unavailable, for all who subscribed or for one peer. The requests of roster,
// ping and disco are awaited. Every session approves the subscriptions that it
// is asked for.
//
//	work:
//	  - presence                              # available
//	  - {presence: away}
//	  - {presence: {show: dnd, status: in a meeting, to: user 3}}
//	  - roster                                # fetch it; also {roster: get}
//	  - {roster: {add: {ring: 3}, group: friends}}
//	  - {subscribe: {ring: 10}}
//	  - {subscribe: {to: random, within: 30s, as: ask}}
//	  - {message: {to: random, size: 120B}}
//	  - {message: {to: paired, type: headline, body: "news {seq} for {peer}", as: news}}
//	  - ping                                  # the server (XEP-0199)
//	  - {ping: random}
//	  - {disco: {to: conference.example.org}} # disco#info (XEP-0030)
//
// A message is of type chat (the default), normal or headline, and has a body of
// some size or a given body, or is a reaction to what the session received last,
// or the retraction of what it sent last. Every session answers those that ask
// for a receipt or a marker. With store it is to wait for a recipient who is away.
//
//	work:
//	  - {message: {to: random, size: 120B, receipt: true, marker: true}}
//	  - {message: {to: random, reaction: 👍}}
//	  - {message: {to: random, retract: true}}
//	  - {message: {to: random, size: 120B, store: true}}
//
// Upload asks the server's service for files for a slot, puts a file there (XEP-0363), and
// may tell somebody, who may fetch it: upload.slot, upload.put and upload.get are timed apart. The
// rig goes to addresses of this machine alone, wherever the server sends it, and follows no
// redirects.
//
//	work:
//	  - {upload: {size: 100KB}}
//	  - {upload: {size: {exponential: 100KB, max: 1MB}, to: random, fetch: true}}
//
// What the language has no step for is sent raw. The
// text need not be well-formed. With await the step waits for the result or
// error with the same {id}.
//
//	work:
//	  - {raw: "<presence><x/></wrong>"}
//	  - raw:
//	      xml: "<iq type='get' id='{id}' to='{domain}'><query xmlns='jabber:iq:version'/></iq>"
//	      await: true
//
// Requests of the extensions that clients use, all awaited. What is fetched may
// be empty: that there is no such item is an answer, and no error.
//
//	work:
//	  - blocklist                             # who is blocked (XEP-0191)
//	  - {block: {to: random}}
//	  - unblock                               # nobody any more; or {unblock: {to: random}}
//	  - {vcard: {to: paired}}                 # vCard4 (XEP-0292), or vcard-temp where accounts have no nodes
//	  - {vcard-set: {size: 200B}}
//	  - bookmarks                             # XEP-0402
//	  - {bookmark: {room: room@conference.example.org}}
//	  - archive                               # XEP-0313, all of it; each page is timed as archive.page
//	  - {archive: {with: random, newest: true, max: 50, pages: 2}}
//	  - {publish: {node: news, size: {exponential: 200B}}}
//	  - {publish: {node: news, payload: "<tune xmlns='http://jabber.org/protocol/tune'/>"}}
//	  - {items: {node: news, to: paired, max: 10}}
//	  - {node-create: {node: "news{n}", at: service}}
//	  - {node-subscribe: {node: "news{n}", at: service, to: {ring: 10}, within: 30s}}
//	  - {node-unsubscribe: {node: news, to: random}}
//	  - {node-delete: {node: "news{n}", at: service}}
//	  - {push: {to: push.example.org, node: device}}
//	  - {push-disable: {to: push.example.org}}
//
// A node is that of one's own account (XEP-0163), of the user or address in to,
// or, with at: service, one of the publish-subscribe service that the server
// offers (XEP-0060); {n} in its name is then the number of the user in to. An
// archive is one's own unless to says whose, such as a room's.
//
// Steps in rooms: join and leave go through all rooms of the session, groupchat
// writes to one of them at random. Join passes over rooms that the session is in,
// and leave over those that it is not in. Join enters under the user's name and is
// answered when the room says that the session is in. With history it asks for so
// many messages of the past; those are no deliveries. What waits long takes
// within.
//
//	work:
//	  - join
//	  - {join: {history: 20, within: 1m}}
//	  - {groupchat: {size: 120B}}
//	  - {groupchat: {body: "{nick} says {seq} in {room}"}}
//	  - leave
//
// A message to a room is owed to every occupant who was in when it was sent, the
// sender too, and who did not leave before it came. Each delivery is timed in
// groupchat.delivery, the first of a message in groupchat.first, and the last, by
// which all have it, in groupchat.last.
//
// Steps that wait, and steps that hold others:
//
//	work:
//	  - {wait: 1s}
//	  - {wait: {exponential: 5s, max: 1m}}
//	  - {expect: message}
//	  - {expect: {stanza: iq, type: set, from: localhost, contains: "jabber:iq:roster", within: 3s}}
//	  - {repeat: {times: 3, do: [ping, {wait: 100ms}]}}
//	  - {every: {interval: 1s, arrivals: poisson, times: 10, do: [ping]}}
//	  - choose:
//	      - {weight: 9, do: [ping]}
//	      - {weight: 1, do: [disconnect, {wait: 2s}, reconnect]}
//
// Expect waits until a stanza has matched all that it says (stanza, type, from,
// contains), since the iteration began or since the session last passed the
// step; the longest wait is within, or load.timeout. The rounds of every are due
// on a fixed grid, the first one interval after the step began, however long
// each of them takes. There are a number of times of them or, at the end of the
// work of closed phases, as many as the phase has room for. A weight is 1 unless
// it is given.
//
// # Objectives
//
// An objective is a line of text, METRIC [STATISTIC] OP BOUND [over WINDOW [for
// SHARE]] [in PHASE] [abort after DELAY]. A run that misses one ends with exit
// code 10, and one that cannot be decided with 14. The command line adds others.
//
//	objectives:
//	  - message.delivery p99 < 250ms
//	  - message.delivery.service max <= 2s in steady
//	  - message.delivery p99 < 250ms over 10s for 95% abort
//	  - login p90 < 1s in login
//	  - errors < 0.1%
//	  - lost == 0
//	  - completed >= 99.5%
//	  - rate >= 950/s
//	  - server.rss < 1GiB
//	  - server.cpu < 1.5
//
// With a statistic (p50, p90, p95, p99, p99.9, max or mean) the metric is a
// series of times: the label of a step, login.connect, login.tls, login.upgrade, login.sasl or
// login.bind, register.account, login.fast (in place of login.sasl, of logins by a token), login.resumed (in
// place of login.tls, of TLS sessions resumed), message.delivery, message.carbon, presence.delivery, groupchat.delivery,
// groupchat.first or groupchat.last. Response times are meant,
// and service times where .service follows; the stages of a login have only
// these. A percentile is decided where ten samples lie beyond it: a p99 takes
// 1000 samples. What failed has no time, so bound the errors too. Messages,
// presence and all else that waits for no answer have no times of their own.
// Without a statistic the metric is a figure:
//
//	errors           errors of the sessions: a number, or a share of the iterations
//	                 that were completed or failed
//	completed        iterations completed: a number, or a share of those offered
//	dropped          iterations never begun: a number, or a share of those offered
//	rate             iterations completed a second
//	lost duplicated reordered misdelivered
//	                 messages: a number, or a share of those sent; one to a room
//	                 counts once for each delivery owed
//	server.rss       the most memory that the server took, such as 1GiB
//	server.cpu       CPUs that the server used on average in the measured phases
//	sessions         the most that were connected at once
//	recovery.half recovery.most recovery.all
//	                 how long it took, from when more than a tenth of the sessions
//	                 began to lose their connections, until half, nine tenths or all
//	                 were connected again, and stayed, such as recovery.all < 20s; of
//	                 several times the longest
//
// A recovery that never came misses every bound from above; where no tenth of the
// sessions was ever gone there is nothing to judge.
//
// The operators are <, <=, > and >=, and == for numbers of things. Times go up to
// an hour. Series, errors, completed, dropped and rate are of all measured phases
// together, or of the one after in: login and warm-up have them too, and drain
// has the series of session.stop. The other figures are of the whole run.
//
// With over, each whole window of that length in a phase is judged by itself, as
// a bad minute is lost in the percentiles of an hour, and so many of them must
// keep the bound: 100% unless for says otherwise. A time belongs to the window in
// which the answer came. A window with too little data counts neither way; where
// enough others decide, whatever it had shown, the objective is decided. server.rss
// and sessions are the most, and server.cpu the mean, of a window. Messages are
// only accounted for when the run is over.
//
// With abort, the run ends early, in good order, once the objective cannot be met
// any more: with windows, when too many have missed; without, when at the end of
// a second it is missed by all that was measured so far, as a mean or a share may
// be for a moment: give a delay, which counts from the beginning of the measured
// phases, or of the one that is named. What cannot be decided yet aborts nothing.
//
// # Peers
//
// Whom a step talks to:
//
//	random              any user but oneself
//	paired              users 0 and 1, 2 and 3, and so on
//	remote              any user of the other side, where some are elsewhere
//	self                one's own bare address
//	user 3              that user
//	{ring: 10}          one of the ten users after oneself, cyclically; in
//	                    subscribe and roster all ten
//	room@example.org    that address; it holds an @ or a dot
//
// # Placeholders
//
// In the body of a message and in a raw step
//
//	{id}      the stanza's id
//	{n}       the user's number
//	{jid}     the session's full address
//	{user}    the user's name
//	{domain}  the domain
//	{peer}    the peer's address
//	{room}    the room's address; elsewhere than in groupchat, of the first of one's
//	          rooms
//	{nick}    the name that one has there
//	{seq}     the number of the step's iteration
//	{now}     the time
//
// are filled in. A brace itself is written twice: {{ and }}.
//
// # Using the package
//
// [Read] finds a shipped scenario or a file, [Scenario.With] applies what the
// command line overrides, [Scenario.Plan] reckons what a run will do, and
// [Scenario.Print] writes the scenario with all defaults filled in. Steps in a
// [Session] are values, not pointers: a type switch says case Message. [All]
// goes through them, and [Parts] splits the texts that hold placeholders.
package scenarios
