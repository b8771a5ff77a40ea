# desktop: notifications, the tray, closing the window

desk-note-count = { $lines ->
    [one] 1 new message
   *[other] { $lines } new messages
}
desk-note-title = { $peer } · { $count }
desk-note-open = Open

desk-tray-open = Open Super Chatter
desk-tray-people = { $people ->
    [0] Hosting: nobody is here
    [one] Hosting: 1 person is here
   *[other] Hosting: { $people } people are here
}
desk-tray-quiet = Not hosting
desk-tray-disturb = Do not disturb
desk-tray-quit = Quit
desk-tray-quit-hosting = Stop hosting and quit

desk-close-title = Close Super Chatter?
desk-close-people = { $people ->
    [one] 1 person is using your server. If you close Super Chatter, they lose it.
   *[other] { $people } people are using your server. If you close Super Chatter, they lose it.
}
desk-close-lines = { $lines ->
    [one] 1 message is still only on this computer. It will be sent when Super Chatter is open again.
   *[other] { $lines } messages are still only on this computer. They will be sent when Super Chatter is open again.
}
desk-close-keep = Keep hosting in the tray
desk-close-always = Always keep hosting, without asking
desk-close-importing = Classic mail is being taken over. What is not taken yet stays in its folder, to be imported again.
desk-close-saving = A conversation is being saved as a file. It will not be written.
desk-close-stop = Stop and close
desk-close-anyway = Close anyway
desk-close-stay = Stay
