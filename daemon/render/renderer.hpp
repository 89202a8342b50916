#pragma once
#include <sys/types.h>
#include <string>

#include "daemon/render/protocol.hpp"

namespace render {

// A cardwright-render process and the one connection to it. Layouts and photos come from outside, so they are
// parsed in a process of its own: it may die without harm. Started at the first call, and again at the next
// call after it died or was killed. Synchronous, used from one thread; ends the process when destroyed.
class Renderer {
 public:
  // `program` is the absolute path of cardwright-render.
  explicit Renderer(std::string program) : program_(std::move(program)) {}
  ~Renderer() { stop(); }
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  // Fails with layoutInvalid, fieldMissing, textDoesNotFit, textInvalid or imageInvalid when this card cannot
  // be drawn; with rendererFailed when the process could not be started, died, or did not answer until the
  // deadline. Nothing is ever `unknown`: drawing changes nothing in the world.
  api::Result<api::Faces> render(const Request& request, api::Deadline deadline);

  // The running process, or -1.
  pid_t process() const noexcept { return process_; }

 private:
  api::Result<> start();
  void stop() noexcept;
  api::Result<api::Faces> exchange(const Request& request, api::Deadline deadline);

  std::string program_;
  pid_t process_ = -1;
  int socket_ = -1;  // owned; -1 when no process runs
};

}  // namespace render
