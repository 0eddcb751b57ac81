%% Reads the accounts of a file into ejabberd's mnesia store. ejabberd itself
%% registers the first; the others are copies of the rows it wrote, with the name
%% and the keys replaced, so that they look as this version wants them to.
-module(xmpprig_accounts).
-export([boot/0]).

boot() ->
    %% Every line goes to the console as well as to the file; the file is enough.
    catch lager:set_loglevel(lager_console_backend, critical),
    catch logger:set_handler_config(default, level, critical),
    Started = erlang:monotonic_time(millisecond),
    {ok, Text} = file:read_file(os:getenv("XMPPRIG_ACCOUNTS")),
    Host = unicode:characters_to_binary(os:getenv("XMPPRIG_DOMAIN")),
    Lines = binary:split(Text, <<"\n">>, [global, trim_all]),
    provision(Host, [binary:split(Line, <<"\t">>, [global]) || Line <- Lines]),
    %% What starting left behind would otherwise vanish in the middle of a run, and
    %% hide the memory of sessions.
    [erlang:garbage_collect(Pid) || Pid <- processes()],
    io:format("xmpprig: ~p accounts in ~p ms~n", [length(Lines), erlang:monotonic_time(millisecond) - Started]).

provision(_Host, []) -> ok;
provision(Host, [[First | _] | _] = Accounts) ->
    ok = mnesia:wait_for_tables([passwd], 30000),
    %% The table is on disk alone by default, where 10,000 writes take 17 s.
    case mnesia:change_table_copy_type(passwd, node(), ram_copies) of
        {atomic, ok} -> ok;
        {aborted, {already_exists, _, _, _}} -> ok
    end,
    Password = unicode:characters_to_binary(os:getenv("XMPPRIG_PASSWORD")),
    ok = ejabberd_auth:try_register(First, Host, Password),
    Rows = [Row || Key <- mnesia:dirty_all_keys(passwd), Row <- mnesia:dirty_read(passwd, Key)],
    true = Rows =/= [],
    [mnesia:dirty_write(passwd, row(Row, Account)) || Account <- Accounts, Row <- Rows],
    ok.

%% {passwd, {User, Host, …}, {scram, Stored, Server, Salt, Hash, Iterations}}
row(Row, [User, Stored, Server, Salt, Iterations]) ->
    Scram = element(3, Row),
    scram = element(1, Scram),
    Same = list_to_integer(os:getenv("XMPPRIG_ITERATIONS")),
    Same = element(6, Scram),
    Same = binary_to_integer(Iterations),
    Keys = [{2, Stored}, {3, Server}, {4, Salt}],
    New = lists:foldl(fun({N, V}, T) -> setelement(N, T, V) end, Scram, Keys),
    setelement(3, setelement(2, Row, setelement(1, element(2, Row), User)), New).
