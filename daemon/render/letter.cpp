#include "daemon/render/letter.hpp"

namespace render {

api::Result<api::Secret> draw_letter(const Program&, const Letter&, api::Deadline) {
  return api::fail(api::Reason::rendererFailed, "the renderer draws no letters yet");
}

}  // namespace render
