# What the program says when something is wrong or under way: one plain sentence each that tells what
# to do.

## At the fields of the form

problem-no-server = Enter the server's address, for example 192.168.1.20, or host a server yourself.
problem-port = Enter a port between 1024 and 65535.
problem-own-port = Enter a port between 1024 and 65535, or 0 for any free one.
problem-nickname-before-hosting = Choose a nickname first, then try again.
problem-nickname-empty = Enter a nickname.
problem-nickname-long = Choose a shorter nickname, of at most 32 letters.
problem-nickname-space = Choose a nickname without spaces, for example amy_rose.
problem-nickname-character = Choose a nickname without quotation marks or odd characters.
problem-name-taken = { $name } is already here. Choose another nickname.
problem-name-taken-other = { $name } is already here. Join as { $other }, or choose another nickname.
problem-refused = This server does not let you in. It may be full. Join another one, or host one here.
problem-silent = { $server } does not answer. Check the address and the port, and that the server is running. Trying again in { $seconds } s.
problem-unknown-host = No computer called “{ $host }” was found. Check the spelling, or enter its address, for example 192.168.1.20.
problem-client-port-taken = Another program uses port { $port }. Choose another own port, or 0 for any free one.
problem-server-port-taken = Another program uses port { $port }. Choose another port, such as { $other }.
problem-profile-in-use = Super Chatter is open already, with the same messages. Use that window, or close it and sign in here. To run both, start this one with another --data-dir.
problem-store-in-use = Another Super Chatter on this computer already hosts with this folder. Close it, or choose another folder.
problem-server-ended = The server on this computer has stopped by itself. Start it again.
problem-not-our-address = { $address } is not an address of this computer. Start the program with another one.
problem-network = The network can't be used ({ $why }). Check that this computer is connected, then try again.
problem-store = Messages can't be kept on this computer ({ $why }). Check that its disk is not full and can be written, then try again.

## Over the conversation

notice-busy = This computer is too busy right now. Try again in a moment.
notice-ended = The network part of the program has stopped. Sign in again.
notice-signed-out = You are signed out.
notice-stopped-hosting = You stopped hosting.
notice-lost-silent = The server does not answer. Trying again in { $seconds } s.
notice-lost-down = The server has stopped. Trying again in { $seconds } s.
notice-asked-silent = The server does not answer. Trying again…
notice-asked-down = The server has stopped. Trying again…
notice-mailbox-full = { $peer }'s mailbox is full. What you write waits here and is tried again by itself.
notice-aside = What was kept on this computer can't be used ({ $why }), so Super Chatter begins anew. Nothing was deleted: it now stands in { $path }.
notice-settings-aside = Your settings could not be read ({ $why }), so these are the usual ones. The old ones stand in { $path }.
notice-not-saved = Your settings could not be saved ({ $why }). They hold until Super Chatter is closed.
notice-not-read = Earlier messages can't be read now ({ $why }). Try again in a moment.
notice-both = { $first } { $second }
notice-hosting-instead = You host now. The others are still waiting for the old server: ask them to join { $address }.
notice-hosting-left = You host now and are no longer at { $place }. Whoever wants to come along joins { $address }.
notice-new-address = The address of this computer has changed. Others now join at { $address }.
notice-clock-ahead = Your clock is about { $by } ahead of { $peer }'s. Check the date and the time of this computer.
notice-clock-behind = Your clock is about { $by } behind { $peer }'s. Check the date and the time of this computer.
notice-minutes = { $minutes } min
notice-hours = { $hours } h
notice-said = The server says: { $text }
problem-other = { $text }
notice-imported = { $messages ->
    [one] 1 message was taken over from
   *[other] { $messages } messages were taken over from
} { $files ->
    [one] 1 file.
   *[other] { $files } files.
}
notice-imported-nothing = No messages were taken over: no file with classic mail was found there that was not taken before.
notice-import-left = { $files ->
    [one] 1 file was left as it is: { $why }.
   *[other] { $files } files were left as they are, such as { $why }.
}
notice-import-failed = Not all mail could be taken over ({ $why }). What was taken over is kept.
notice-removed = You were removed by the host. You can sign in again.
notice-announced = Announcement from the host: { $text }

## How far a line has come

delivery-trying = sending…
delivery-handing-over = no answer, asking the server…
delivery-waiting = waiting here until { $peer } or the server takes it
delivery-stored = kept by the server
delivery-direct = delivered
delivery-through = delivered through the server
delivery-read = read

## Why a line was not sent

failed-unknown = Not sent: the server knows nobody called { $peer }. Retry when they are here.
failed-long = Not sent: it is too long. Send it in parts.
failed-long-classic = Not sent: { $peer }'s program takes shorter texts only. Send it in parts.
failed-expired = Not delivered: { $peer } was not here for 30 days, and the server keeps it no longer. Retry when they are here.
failed-disk = Not sent: the disk of this computer is full. Free some space, then retry.
failed-many = Not sent: too many messages wait for { $peer }. Retry in a while.

refused-unknown = Your message was not sent: the server knows nobody called { $peer }. Send it again when they are here.
refused-long = Your message to { $peer } was not sent: it is too long. Send it in parts.
refused-long-classic = Your message was not sent: { $peer }'s program takes shorter texts only. Send it in parts.
refused-disk = Your message to { $peer } was not sent: the disk of this computer is full. Free some space, then send it again.
refused-many = Your message was not sent: too many messages wait for { $peer }. Send it again in a while.

too-long = { $over ->
    [one] This is too long for one message. Shorten it by 1 character, or send it in parts.
   *[other] This is too long for one message. Shorten it by { $over } characters, or send it in parts.
}
too-long-classic = { $over ->
    [one] { $peer }'s program takes shorter texts. Shorten it by 1 character, or send it in parts.
   *[other] { $peer }'s program takes shorter texts. Shorten it by { $over } characters, or send it in parts.
}

## What is wrong with a file or the network, within another sentence

fault-at = { $path }: { $why }
fault-code = { $why }, error { $code }
fault-full = no room is left
fault-denied = access is denied
fault-missing = it is not there
fault-read-only = it can only be read
fault-in-use = another program uses it
fault-exists = it is there already
fault-own = Super Chatter keeps something of its own there
fault-folder = it is a folder
fault-damaged = it is damaged
fault-foreign = it belongs to another program
fault-newer = a newer Super Chatter wrote it
fault-taken = it was taken over, but can't be renamed; move it away before the next import
fault-busy = too much is being done at once
fault-unconnected = this computer is not connected
fault-other = the system refuses
fault-mail-name = its name is no nickname
fault-mail-file = it is no ordinary file
fault-mail-long = it is longer than 64 MB
fault-mail-line = line { $line } is no message

## Times

day-today = Today
day-yesterday = Yesterday
day-date = { $weekday }, { $day } { $month }
day-date-year = { $weekday }, { $day } { $month } { $year }
# In lists the first three characters of these stand for them.
day-monday = Monday
day-tuesday = Tuesday
day-wednesday = Wednesday
day-thursday = Thursday
day-friday = Friday
day-saturday = Saturday
day-sunday = Sunday
day-january = January
day-february = February
day-march = March
day-april = April
day-may = May
day-june = June
day-july = July
day-august = August
day-september = September
day-october = October
day-november = November
day-december = December
