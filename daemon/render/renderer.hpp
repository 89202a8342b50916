#pragma once
#include <optional>
#include <vector>

#include "daemon/render/process.hpp"
#include "daemon/render/protocol.hpp"

namespace render {

// Draws cards, one after the other, in a cardwright-render process: layouts and photos come from outside, so
// they are parsed where it does no harm when the parser dies. It is started at the first call, and again at
// the next call after it died or was killed. Synchronous, used from one thread; two threads that draw have a
// Renderer each. Ends the process when destroyed.
class Renderer {
 public:
  // Then a new process follows: what the libraries keep of every text grows slowly towards the limit, and one
  // day it would be blamed on a card.
  static constexpr int cards_per_process = 500;

  explicit Renderer(Program program) : program_(std::move(program)) {}

  // Fails with layoutInvalid, fieldMissing, textDoesNotFit, textInvalid or imageInvalid when this card cannot
  // be drawn; with drawingLimit when it is larger, or took the process more time or memory, than a card may,
  // or when processes fail with it and with nothing else; with rendererFailed when the process does not start
  // or fails with any card. Nothing is ever `unknown`: drawing changes nothing in the world.
  api::Result<api::Faces> render(const Request& request, api::Deadline deadline);

  // The same card as pictures: front before back, of each face "card" first and then its planes. Fails as
  // `render` does.
  api::Result<std::vector<Picture>> preview(const Request& request, api::Deadline deadline);

  // The running process, or -1.
  pid_t process() const noexcept { return process_ ? process_->id() : -1; }

 private:
  template <class T>
  using Draw = api::Result<T> (Renderer::*)(const Request&, api::Deadline);
  template <class T>
  api::Result<T> judged(Draw<T> draw, const Request& request, api::Deadline deadline);
  // The header line of the answer.
  api::Result<std::string> ask(const std::string& question, api::Deadline deadline);
  api::Result<api::Faces> faces(const Request& request, api::Deadline deadline);
  api::Result<std::vector<Picture>> pictures(const Request& request, api::Deadline deadline);

  Program program_;
  std::optional<Process> process_;
  int cards_ = 0;  // that it was asked for
};

}  // namespace render
