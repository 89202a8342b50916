#include "daemon/render/renderer.hpp"

namespace render {
namespace {

// After these the connection may stand in the middle of an answer, or the process be gone.
template <class T>
api::Result<T> settled(api::Result<T> result, std::optional<Process>& process) {
  const bool unusable = !result && (result.error().reason == api::Reason::rendererFailed ||
                                    result.error().reason == api::Reason::drawingLimit);
  if (unusable) process.reset();
  return result;
}

}  // namespace

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
  return settled(faces(request, deadline), process_);
}

api::Result<std::vector<Picture>> Renderer::preview(const Request& request, api::Deadline deadline) {
  return settled(pictures(request, deadline), process_);
}

}  // namespace render
