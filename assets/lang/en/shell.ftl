# The first page, the form to sign in with, the bars.

shell-subtitle = Talk with the people on your network.
shell-nickname = Nickname
shell-server = Server
shell-server-example = for example 192.168.1.20
shell-join = Join
shell-join-server = Join { $server }
shell-join-own = Join your own server
shell-elsewhere = Another server…
shell-host-here = Host here
shell-signing-in = Signing in…
shell-signing-in-again = Signing in… (try { $attempt })
shell-cancel = Cancel
shell-try-now = Try now
shell-sign-in-at-start = Sign in when Super Chatter starts
shell-advanced = Advanced
shell-port = Port
shell-port-hint = Asked for where the server's address names no port.
shell-own-port = Own port
shell-own-port-hint = Others reach you at it. 0 takes any free one.
shell-host-port = Host port
shell-host-port-hint = Others join your own server at it.
shell-settings = Settings

shell-asking = Asking the server…
shell-asking-again = Asking the server… (try { $attempt })
shell-lost-silent = The connection is lost: the server does not answer.
shell-lost-down = The connection is lost: the server has stopped.
shell-sign-in-again = Sign in again
shell-host-again = Host again
shell-host-instead = Host here instead
shell-host-instead-hint = Starts a server on this computer and signs you in there. The others are not moved: they have to join it.
shell-host-where = Change it
shell-dismiss = Dismiss
shell-next-notice = Next
shell-more-notices = { $count ->
    [one] 1 more notice follows.
   *[other] { $count } more notices follow.
}

shell-good-bye = Saying good-bye…
shell-no-window = The window can't be opened: { $why }.
