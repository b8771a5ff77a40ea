# The server on this computer: its box at the side, and its page.

## The box at the side

host-box = Host server
host-box-starting = Starting…
host-box-stopping = Saying good-bye to everybody…
host-box-importing = Taking mail over…
host-box-join = Others join at
host-box-nobody = Nobody is signed in yet.
host-box-people = { $count ->
    [one] 1 person is signed in.
   *[other] { $count } people are signed in.
}
host-box-open = Open the host's page

## The page

host-title = Your server
host-to-people = People
host-close = Back
host-overview = Overview
host-people-count = People ({ $online } online)
host-log = Log

## Its state

host-state-off = Your server is off. Start it and others on your network can sign in to it.
host-state-starting = Starting…
host-state-stopping = Saying good-bye to everybody…
host-state-on = Running since { $since }. { $online ->
    [one] 1 person is online
   *[other] { $online } people are online
} of { $known } known. { $mail ->
    [0] No mail waits.
    [one] 1 piece of mail waits.
   *[other] { $mail } pieces of mail wait.
}
host-port = Port
host-start = Start hosting
host-stop = Stop hosting
host-name = Name of your server
host-name-hint = For example Room 204
host-folder = Folder for waiting mail
host-folder-choose = Choose…
host-folder-title = Where your server keeps its mail
host-folder-usual = Use the usual folder
host-folder-absolute = Enter the whole path of a folder, from its beginning.
host-folder-hint = People and mail are kept there while your server is off, too.
host-folder-later = Another folder holds from the next start of your server. What waits in this one stays there.

## What is asked first

host-ask-stop = Stop hosting?
host-ask-stop-others = { $people ->
    [0] Nobody else is using your server any more.
    [one] 1 other person is using your server and would lose it.
   *[other] { $people } other people are using your server and would lose it.
}
host-ask-stop-keep = Keep hosting
host-ask-leave = Host here instead?
host-ask-leave-place = You are signed in at { $place }. Hosting starts a server on this computer and signs you in there instead. The others are not moved: they have to join it.
host-ask-leave-stay = Stay there

## Mail of a classic server

host-state-importing = Taking mail over. Your server opens in a moment, and whoever was signed in comes back by themselves.
host-import = Import classic mail…
host-import-hint = What a classic server kept, one file for each person, is taken over for whoever signs in here under that name. The files are renamed, so that none is taken twice.
host-import-folder = Folder with classic mail
host-import-choose = Choose a folder…
host-import-on = Your server stops for it and starts again. Everybody comes back by themselves.
host-import-off = Your server is off: it starts for this, and others can then sign in to it.
host-import-start = Import
host-import-and-start = Start hosting and import

## Where others reach it

host-join = Others join at
host-join-how = Pass one of these on: it goes into the field “Server”.
host-join-nowhere = This computer is on no network, so others can't join yet.
host-copy = Copy
host-copy-address = Copy { $address }
host-code = QR code of { $address }

## What is said to everybody

host-announce = Tell everybody who is online
host-announce-hint = For example: the server stops at six
host-announce-send = Announce
host-announce-left = { $left ->
    [one] 1 more character fits.
   *[other] { $left } more characters fit.
}
host-announce-over = { $over ->
    [one] Too long by 1 character. Shorten it.
   *[other] Too long by { $over } characters. Shorten it.
}
host-announced = { $confirmed } of { $told } have the last announcement.
host-announced-classic = It also went to { $classic } with the classic program, which can't confirm it.
host-not-announced = Too many announcements are on their way. Wait a moment, then try again.

## What it counts

host-counts = Traffic
host-datagrams = Datagrams: { $received } received, { $dropped } of them dropped, { $sent } sent.
host-mail = Mail: { $stored } parts stored, { $handed } handed over, { $expired } expired.
host-plot = The two minutes until { $time }: up to { $received } datagrams a second received, { $sent } sent, { $mail } parts of mail stored.
host-legend-in = received
host-legend-out = sent
host-legend-mail = mail stored
host-legend-scale = up to { $most } a second, in the two minutes until { $time }

## People

host-filter = Filter
host-sort = Sort
host-nobody = Nobody matches.
host-column-name = Name
host-column-address = Address
host-column-round-trip = Round trip
host-column-since = Since
host-column-mail = Mail
host-online = online
host-away = away
host-ms = { $ms } ms
host-classic = classic
host-unknown = –
host-since = since { $time }
host-last = last { $time }
host-no-mail = no mail
host-mail-waits = { $messages ->
    [one] 1 message
   *[other] { $messages } messages
} ({ $kilobytes } KB)
host-copy-their-address = Copy address
host-remove = Remove { $name }
host-remove-hint = Signs them out. They can sign in again, and their mail stays.
host-block-address = Block { $address }
host-block-hint = Signs out everybody at this address, and nobody there can sign in until you unblock it.
host-blocked = Blocked addresses ({ $count })
host-block-label = Address to block
host-block = Block
host-unblock = Unblock
host-unblock-address = Unblock { $address }
host-not-blocked = { $address } was not blocked: it is this computer's own address, or too many are blocked.

## Log

host-kind-all = Everything
host-kind-people = People
host-kind-mail = Mail
host-kind-host = Yours
host-log-empty = Nothing has happened yet.
host-log-missed = { $count } more happened before or among these and are not listed.
host-log-joined = { $name } joined from { $address }
host-log-moved = { $name } is at { $address } now
host-log-signed-out = { $name } signed out
host-log-lost = { $name } no longer answers
host-log-replaced = { $name } left: another name signed in from there
host-log-removed = { $name } was removed by you
host-log-name-refused = { $address } wanted to be { $name }, who is online
host-log-turned-away = { $name } at { $address } was turned away: the server or its disk is full
host-log-blocked = { $address } is blocked
host-log-unblocked = { $address } is no longer blocked
host-log-stored = { $parts ->
    [one] Mail
   *[other] { $parts } parts of mail
} from { $sender } kept for { $recipient }
host-log-handed-over = { $parts ->
    [one] Mail
   *[other] { $parts } parts of mail
} from { $sender } handed over to { $recipient }
host-log-expired = { $parts ->
    [one] Mail
   *[other] { $parts } parts of mail
} from { $sender } for { $recipient } expired after 30 days
host-log-full = No room for mail from { $sender } for { $recipient }
host-log-announced = Your announcement goes to { $people ->
    [one] 1 person
   *[other] { $people } people
}
