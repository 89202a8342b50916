#include <cstdlib>

// The fonts of the shipped fonts.conf and no others, however the test is started: before fontconfig looks.
namespace {
[[maybe_unused]] const bool pinned = ::setenv("FONTCONFIG_FILE", FONTS, 1) == 0;
}
