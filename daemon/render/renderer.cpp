#include "daemon/render/renderer.hpp"

namespace render {
namespace {

// A face with nothing on it, which no card is to blame for; its bleed is as large as a layout's may be.
constexpr const char* empty_layout =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -10 105.6 73.98"><g id="color"/></svg>)";

}  // namespace

// A photo that takes the process over can end it as it likes, or let it say anything; the system's OOM killer
// and people end it as well. The card is to blame where that happens again with a new process, and one more
// draws something else: then the others can be made. Else it is the host, with which no card can be.
template <class T>
api::Result<T> Renderer::judged(Draw<T> draw, const Request& request, api::Deadline deadline) {
  for (int tries = 1;; ++tries) {
    auto result = (this->*draw)(request, deadline);
    const bool failed = !result && result.error().reason == api::Reason::rendererFailed;
    const bool started = process_.has_value();
    // The connection may stand in the middle of an answer, or the process be gone.
    if (failed || (!result && result.error().reason == api::Reason::drawingLimit)) process_.reset();
    if (!failed || !started) return result;
    if (tries == 1) continue;
    const bool works = faces({empty_layout, "", {}, request.image, false, false}, deadline).has_value();
    if (!works) process_.reset();
    if (!works) return result;
    return api::fail(api::Reason::drawingLimit,
                     "the renderer fails with this card alone: " + result.error().detail);
  }
}

api::Result<std::string> Renderer::ask(const std::string& question, api::Deadline deadline) {
  if (process_ && (cards_ == cards_per_process || !process_->runs())) process_.reset();
  if (!process_) {
    TRY_ASSIGN(started, Process::start(program_, deadline));
    process_.emplace(std::move(started));
    cards_ = 0;
  }
  ++cards_;
  TRY(process_->send(api::bytes_of(question), deadline));
  return process_->receive_line(deadline);
}

api::Result<api::Faces> Renderer::faces(const Request& request, api::Deadline deadline) {
  TRY_ASSIGN(question, planes_line(request));
  TRY_ASSIGN(header, ask(question, deadline));
  TRY_ASSIGN(faces, parse_header(header, request.image));
  // A face that is left out would leave the printer unprinted, as if the product had none.
  if (faces.front.has_value() == request.front.empty() || faces.back.has_value() == request.back.empty())
    return api::fail(api::Reason::rendererFailed, "the answer has other faces than the question");
  for (auto* face : {&faces.front, &faces.back}) {
    if (!*face) continue;
    for (auto* plane : {&(*face)->color, &(*face)->k, &(*face)->overlay})
      TRY(process_->receive(*plane, deadline));
  }
  return faces;
}

api::Result<std::vector<Picture>> Renderer::pictures(const Request& request, api::Deadline deadline) {
  TRY_ASSIGN(question, pictures_line(request));
  TRY_ASSIGN(header, ask(question, deadline));
  TRY_ASSIGN(pictures, parse_pictures_header(header));
  for (auto& picture : pictures) TRY(process_->receive(picture.png, deadline));
  return pictures;
}

api::Result<api::Faces> Renderer::render(const Request& request, api::Deadline deadline) {
  return judged(&Renderer::faces, request, deadline);
}

api::Result<std::vector<Picture>> Renderer::preview(const Request& request, api::Deadline deadline) {
  return judged(&Renderer::pictures, request, deadline);
}

}  // namespace render
