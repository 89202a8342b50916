#pragma once
#include <cairo.h>
#include <glib-object.h>

#include <memory>

// Owners for what the C libraries hand out.
namespace drawing {

struct Release {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(GError* error) const { g_error_free(error); }
  template <class Object>
  void operator()(Object* object) const {
    g_object_unref(object);
  }
};

template <class T>
using Owned = std::unique_ptr<T, Release>;

}  // namespace drawing
