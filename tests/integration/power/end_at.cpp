// Ends the process with SIGKILL just before its n-th call that changes what is on the disk, n from END_AT.
// Loaded with LD_PRELOAD. write(2) is not counted: what it writes here is made durable by a call that is.
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void tick() {
  static long calls, end_at;
  if (end_at == 0) {
    const char* text = getenv("END_AT");
    end_at = text ? atol(text) : -1;
  }
  if (++calls == end_at) raise(SIGKILL);
}

// A macro, because each is a function of the C library under its own name.
#define COUNTED(name, parameters, exceptions, ...)                                        \
  extern "C" auto name parameters exceptions->decltype(name(__VA_ARGS__)) {               \
    static auto* const real = reinterpret_cast<decltype(&name)>(dlsym(RTLD_NEXT, #name)); \
    tick();                                                                               \
    return real(__VA_ARGS__);                                                             \
  }

COUNTED(pwrite, (int file, const void* data, size_t size, off_t offset), , file, data, size, offset)
COUNTED(pwrite64, (int file, const void* data, size_t size, off64_t offset), , file, data, size, offset)
COUNTED(fsync, (int file), , file)
COUNTED(fdatasync, (int file), , file)
COUNTED(ftruncate, (int file, off_t size), noexcept, file, size)
COUNTED(ftruncate64, (int file, off64_t size), noexcept, file, size)
COUNTED(unlink, (const char* path), noexcept, path)
COUNTED(rename, (const char* from, const char* to), noexcept, from, to)
COUNTED(renameat2, (int from, const char* old_path, int to, const char* new_path, unsigned flags), noexcept,
        from, old_path, to, new_path, flags)
