#pragma once
#include <sys/types.h>
#include <string>

#include "drivers/api/bytes.hpp"
#include "drivers/api/clock.hpp"
#include "drivers/api/result.hpp"

namespace render {

// What is run to draw.
struct Program {
  std::string path;   // absolute, of cardwright-render
  std::string fonts;  // fontconfig file that names the fonts of layouts; empty: the system's own
};

// A cardwright-render that runs, and the one connection to it. Used from one thread; ends the process when
// destroyed.
class Process {
 public:
  // Returns when it has opened its fonts and waits for its first question. Fails with rendererFailed.
  static api::Result<Process> start(const Program& program, api::Deadline deadline);
  ~Process() { end(); }
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;

  pid_t id() const noexcept { return id_; }
  // Whether it has not ended by itself in the meantime.
  bool runs() const noexcept;

  // What of these fails, fails with drawingLimit when the question that it works on was too much for the
  // process, and with rendererFailed otherwise. After that the process is of no use any more.
  api::Result<> send(api::BytesView bytes, api::Deadline deadline);
  // Without the end of line; nothing of what follows it is read.
  api::Result<std::string> receive_line(api::Deadline deadline);
  // Fills all of `bytes`, which keeps its place in memory.
  api::Result<> receive(api::Bytes& bytes, api::Deadline deadline);

 private:
  Process(pid_t id, int socket) : id_(id), socket_(socket) {}
  api::Result<> await(short events, api::Deadline deadline);
  api::Failure died() noexcept;
  int end() noexcept;

  pid_t id_;    // -1: ended and waited for
  int socket_;  // owned; -1: closed
};

}  // namespace render
