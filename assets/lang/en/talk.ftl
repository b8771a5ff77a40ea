# talk

## What became of a line

story-written = written
story-no-answer-in = no answer from { $peer } in { $ms } ms
story-no-answer = no answer from { $peer }
story-waiting = no answer from the server either; it waits here
story-stored = given to the server
story-kept = the server keeps it until { $peer } is back
story-direct = delivered straight to { $peer }
story-through = handed over to { $peer } by the server
story-theirs-written = written by { $peer }, by their clock
story-theirs-direct = arrived straight from { $peer }
story-theirs-through = arrived through the server
