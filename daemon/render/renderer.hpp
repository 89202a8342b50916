#pragma once
#include <sys/types.h>
#include <string>
#include <vector>

#include "daemon/render/protocol.hpp"

namespace render {

// What is run to draw.
struct Program {
  std::string path;   // absolute, of cardwright-render
  std::string fonts;  // fontconfig file that names the fonts of layouts; empty: the system's own
};

// A cardwright-render process and the one connection to it. Layouts and photos come from outside, so they are
// parsed in a process of its own: it may die without harm. Started at the first call, and again at the next
// call after it died or was killed. Synchronous, used from one thread (two threads that draw have a Renderer
// each); ends the process when destroyed.
class Renderer {
 public:
  explicit Renderer(Program program) : program_(std::move(program)) {}
  ~Renderer() { stop(); }
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  // Fails with layoutInvalid, fieldMissing, textDoesNotFit, textInvalid or imageInvalid when this card cannot
  // be drawn; with drawingLimit when it took the process more time or memory than a card may; with
  // rendererFailed when the process does not start or was killed by somebody else. Nothing is ever `unknown`:
  // drawing changes nothing in the world.
  api::Result<api::Faces> render(const Request& request, api::Deadline deadline);

  // The same card as pictures: front before back, of each face "card" first and then its planes. Fails as
  // `render` does.
  api::Result<std::vector<Picture>> preview(const Request& request, api::Deadline deadline);

  // The running process, or -1.
  pid_t process() const noexcept { return process_; }

 private:
  api::Result<> start();
  void stop() noexcept;
  api::Result<api::Faces> exchange(const Request& request, api::Deadline deadline);

  Program program_;
  pid_t process_ = -1;
  int socket_ = -1;  // owned; -1 when no process runs
};

}  // namespace render
