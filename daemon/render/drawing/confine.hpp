#pragma once

namespace drawing {

// From now on this process, whatever takes it over, reads only what drawing needs: programs' data and fonts
// (those that fontconfig names). The journal, the letters and the keys, which its user may read, it may not.
// It opens nothing to write and starts nothing. To be called before there are threads. Where the
// kernel has no Landlock it only gets no new privileges; throws std::runtime_error where it is refused.
void confine();

}  // namespace drawing
