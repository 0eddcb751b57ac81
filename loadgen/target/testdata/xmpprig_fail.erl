%% Fails inside ejabberd in the ways its processes fail: a plain process, a
%% supervised gen_server, a hook.
-module(xmpprig_fail).
-behaviour(gen_server).
-export([boot/0, start_link/0, init/1, handle_call/3, handle_cast/2, hook/1]).

boot() ->
    spawn(fun() -> timer:sleep(10), error(planted_in_a_process) end),
    {ok, Pid} = supervisor:start_child(ejabberd_sup,
        #{id => ?MODULE, start => {?MODULE, start_link, []}, restart => temporary}),
    gen_server:cast(Pid, fail),
    error_logger:warning_msg("CRASH REPORT is but a word here~n"),
    ejabberd_hooks:add(xmpprig_fail, global, ?MODULE, hook, 50),
    ejabberd_hooks:run(xmpprig_fail, global, [1]),
    ok.

start_link() -> gen_server:start_link(?MODULE, [], []).
init([]) -> {ok, none}.
handle_call(_, _, S) -> {reply, ok, S}.
handle_cast(fail, _) -> error(planted_in_a_server).
hook(_) -> error(planted_in_a_hook).
