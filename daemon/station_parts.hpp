#pragma once
#include <functional>

#include "daemon/config/config.hpp"
#include "daemon/render/renderer.hpp"
#include "daemon/runtime/bench.hpp"
#include "daemon/runtime/desk.hpp"
#include "daemon/runtime/post.hpp"
#include "daemon/service/preview.hpp"
#include "daemon/service/roles.hpp"

// From the configuration to what the parts of the daemon are made of. Belongs to main: it knows every layer.
namespace station {

// What secrets and certificates hang on.
struct Trust {
  authority::Authority authority;
  vault::Vault vault;
  runtime::ChipSettings chips;
  std::optional<bureau::Outbox> outbox;
};

// Reads keys and certificates. Throws std::runtime_error with a text for the administrator.
Trust load_trust(const config::Configuration& configuration, api::WallTime now);

// Makes the authority, the vault key and the master key, whichever does not exist yet; says each in a line.
// Throws std::runtime_error.
void create_trust(const config::Configuration& configuration, api::WallTime now,
                  const std::function<void(const std::string&)>& say);

// The trust outlives whoever uses the settings.
runtime::DeskSettings desk_settings(const config::Configuration& configuration, const Trust& trust);
// `printer` outlives whoever uses the settings; null: letters go into the folder.
runtime::PostSettings post_settings(const config::Configuration& configuration,
                                    api::DocumentPrinter* printer);
runtime::Post::Draw letter_drawing(const config::Configuration& configuration);
service::Roles roles(const config::Configuration& configuration);

render::Program renderer_program(const config::Configuration& configuration);

// From what one layer says of a card to be drawn to what the next one takes.
render::Request request_of(const runtime::FacesWanted& wanted);
runtime::Job preview_job(service::CardToDraw card, api::WallTime now);
service::DrawnCard drawn_card(std::vector<render::Picture> pictures, const api::ImageSpec& image);

}  // namespace station
