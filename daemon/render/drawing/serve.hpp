#pragma once

namespace drawing {

// Answers the questions of a daemon on standard input until it ends, or until one letter is drawn: nothing of
// a PIN stays behind in a process that lives on. Returns the exit status.
int serve();

}  // namespace drawing
