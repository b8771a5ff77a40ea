# The list of people, tabs, the way to a person by keyboard, keys and searches.

## Oneself

people-signed-in = Signed in at { $server }
people-looking = Looking for { $server }
people-own-port = Your own port is { $port }.
people-sign-out = Sign out

## The list

people-back = { $unread ->
    [0] Conversations
   *[other] Conversations ({ $unread })
}
people-show = People
people-title = { $online ->
    [0] People
   *[other] People · { $online } online
}
people-title-last-seen = People · last seen
people-filter = Filter people
people-filter-clear = Show everybody
people-nobody = Nobody else is here yet.
people-nobody-join-at = Nobody else is here yet. Others join at { $address }.
people-nobody-called = Nobody is called “{ $text }”. Esc shows everybody again.
people-more = { $count ->
    [one] 1 more, offline
   *[other] { $count } more, offline
}
people-fewer = Show fewer
people-search-for = Search messages for “{ $text }”
people-none-joined = When somebody joins, they appear in the list of people.
people-choose = Choose somebody from the list to start talking.

# What a screen reader says of a row: name, presence, unread lines.
people-row = { $unread ->
    [0] { $name }, { $presence }
   *[other] { $name }, { $presence }, { $unread } unread
}
people-online = online
people-offline = offline
people-unknown = not known to be there

people-you = (you)
people-line-own = You: { $text }
people-line-failed = Not sent: { $text }
people-line-draft = Draft: { $text }

people-menu-open = Open
people-menu-close = Close tab
people-menu-read = Mark as read
people-menu-copy = Copy name

# Formats of chrono's strftime: a day of the last week, of this year, of another one.
people-weekday = %a
people-date = %-d %b
people-date-year = %d/%m/%y
