#include "daemon/render/drawing/photo.hpp"

#include <fmt/core.h>
#include <gdk-pixbuf/gdk-pixbuf.h>

#include <algorithm>
#include <array>

#include "daemon/render/drawing/fill.hpp"
#include "daemon/render/drawing/gobject.hpp"

namespace drawing {
namespace {

struct Kind {
  std::string_view prefix;
  const char* type;
};
constexpr std::array kinds{Kind{"data:image/jpeg;base64,", "image/jpeg"},
                           Kind{"data:image/png;base64,", "image/png"}};

// A few bytes can announce gigabytes of pixels. Asked for an image of no size, the loader gives up before it
// unpacks.
void refuse_huge(GdkPixbufLoader* loader, int width, int height, gpointer huge) {
  if (width <= photo_side_max && height <= photo_side_max) return;
  *static_cast<bool*>(huge) = true;
  gdk_pixbuf_loader_set_size(loader, 0, 0);
}

}  // namespace

std::optional<std::string> undecodable(const std::string& data, std::string_view what) {
  const auto* kind =
      std::find_if(kinds.begin(), kinds.end(), [&](const Kind& k) { return data.starts_with(k.prefix); });
  if (kind == kinds.end())
    return fmt::format("the {} must be data:image/jpeg;base64,… or data:image/png;base64,…", what);
  gsize size = 0;
  const auto bytes = std::unique_ptr<guchar, decltype(&g_free)>(
      g_base64_decode(data.c_str() + kind->prefix.size(), &size), g_free);
  if (size > photo_bytes_max) return fmt::format("the {} may have 1 MiB at most", what);
  GError* error = nullptr;
  const Owned<GdkPixbufLoader> loader(gdk_pixbuf_loader_new_with_mime_type(kind->type, &error));
  bool huge = false;
  bool good = loader != nullptr;
  if (good) {
    g_signal_connect(loader.get(), "size-prepared", G_CALLBACK(refuse_huge), &huge);
    good = gdk_pixbuf_loader_write(loader.get(), bytes.get(), size, &error);
    good = gdk_pixbuf_loader_close(loader.get(), error ? nullptr : &error) && good;
  }
  const Owned<GError> reason(error);
  if (huge) return fmt::format("the {0} may have {1} × {1} pixels at most", what, photo_side_max);
  if (!good) return fmt::format("the {} cannot be decoded: {}", what, reason ? reason->message : "no loader");
  return std::nullopt;
}

}  // namespace drawing
