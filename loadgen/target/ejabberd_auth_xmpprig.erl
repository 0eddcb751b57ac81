%% Every account exists and has one password, whose keys are derived once.
-module(ejabberd_auth_xmpprig).
-export([start/1, stop/1, reload/1, plain_password_required/1, store_type/1, use_cache/1,
         user_exists/2, get_password/2, try_register/3, set_password/3, remove_user/2,
         get_users/2, count_users/2]).

start(Host) ->
    Hash = ejabberd_option:auth_scram_hash(Host),
    Password = unicode:characters_to_binary(os:getenv("XMPPRIG_PASSWORD")),
    Iterations = list_to_integer(os:getenv("XMPPRIG_ITERATIONS")),
    Salt = <<"xmpprig shortcut">>,
    Salted = scram:salted_password(Hash, Password, Salt, Iterations),
    Stored = scram:stored_key(Hash, scram:client_key(Hash, Salted)),
    Server = scram:server_key(Hash, Salted),
    persistent_term:put({?MODULE, Host},
        {scram, base64:encode(Stored), base64:encode(Server), base64:encode(Salt), Hash, Iterations}),
    ok.

stop(_) -> ok.
reload(_) -> ok.
plain_password_required(_) -> true.
store_type(_) -> scram.
use_cache(_) -> false.
user_exists(_, _) -> {nocache, true}.
get_password(_, Host) -> record(Host).
try_register(_, Host, _) -> record(Host).
set_password(_, Host, _) -> record(Host).
remove_user(_, _) -> ok.
get_users(_, _) -> [].
count_users(_, _) -> 0.

record(Host) -> {nocache, {ok, persistent_term:get({?MODULE, Host})}}.
