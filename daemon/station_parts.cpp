#include "daemon/station_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/render/letter.hpp"
#include "daemon/vault/keys.hpp"

namespace station {
namespace {

authority::Profile profile_of(const config::CertificateProfile& configured,
                              const config::Authority& section) {
  auto profile = authority::shipped_profile(configured.purpose, configured.algorithm, section.crl_url);
  profile.name = configured.name;
  profile.issuer_url = section.issuer_url;
  if (configured.extended_key_usage) profile.extended_key_usage = *configured.extended_key_usage;
  if (configured.policies) profile.policies = *configured.policies;
  if (configured.subject) profile.subject = *configured.subject;
  if (configured.alternative_names) profile.alternative_names = *configured.alternative_names;
  if (configured.validity_days) profile.validity = std::chrono::days(*configured.validity_days);
  return profile;
}

authority::Config authority_config(const config::Configuration& configuration) {
  authority::Config config;
  config.key = configuration.authority.key;
  config.certificate = configuration.authority.certificate;
  config.station = static_cast<std::uint8_t>(configuration.authority.station_number);
  for (const auto& [name, profile] : configuration.profiles)
    config.profiles.push_back(profile_of(profile, configuration.authority));
  return config;
}

runtime::ChipSettings chip_settings(const config::CardSection& card) {
  return {card.factory_algorithm,
          card.factory_management_key.copy(),
          card.factory_pin.copy(),
          card.factory_puk.copy(),
          card.management_algorithm,
          vault::load_key(card.master_key),
          std::chrono::seconds(card.chip_seconds)};
}

std::optional<bureau::Outbox> outbox_of(const std::optional<config::Bureau>& section) {
  if (!section) return std::nullopt;
  return bureau::Outbox({section->outbox, section->recipient, section->certificate, section->key});
}

void create_key_if_missing(const std::filesystem::path& path, std::string_view what,
                           const std::function<void(const std::string&)>& say) {
  if (std::filesystem::exists(path)) return say(fmt::format("{} exists: {}", what, path.string()));
  vault::create_key(path);
  say(fmt::format("{} made: {} (keep a copy in a safe place)", what, path.string()));
}

}  // namespace

Trust load_trust(const config::Configuration& configuration, api::WallTime now) {
  return {authority::Authority(authority_config(configuration), now),
          vault::Vault(vault::load_key(configuration.vault.key)), chip_settings(configuration.card),
          outbox_of(configuration.bureau)};
}

void create_trust(const config::Configuration& configuration, api::WallTime now,
                  const std::function<void(const std::string&)>& say) {
  create_key_if_missing(configuration.vault.key, "vault key", say);
  create_key_if_missing(configuration.card.master_key, "master key of the cards", say);
  const auto& section = configuration.authority;
  if (std::filesystem::exists(section.key) && std::filesystem::exists(section.certificate))
    return say(fmt::format("authority exists: {}", section.certificate.string()));
  authority::NewAuthority what;
  what.key = section.key;
  what.certificate = section.certificate;
  what.subject = section.subject;
  what.validity = std::chrono::days(section.validity_days);
  authority::init_authority(what, now);
  say(fmt::format("authority made: {}, its key: {} (keep a copy in a safe place)",
                  section.certificate.string(), section.key.string()));
}

runtime::DeskSettings desk_settings(const config::Configuration& configuration, const Trust& trust) {
  runtime::DeskSettings settings;
  settings.crl = configuration.authority.crl;
  settings.organisation = configuration.station.organisation;
  settings.outbox = trust.outbox ? &*trust.outbox : nullptr;
  return settings;
}

runtime::PostSettings post_settings(const config::Configuration& configuration,
                                    api::DocumentPrinter* printer) {
  return {configuration.letters.folder, configuration.station.organisation, printer};
}

runtime::Post::Draw letter_drawing(const config::Configuration& configuration) {
  return [program = renderer_program(configuration), file = configuration.letters.layout](
             const runtime::Post::Fields& fields, const api::Secret& pin, const api::Secret& puk,
             api::Deadline deadline) -> api::Result<api::Secret> {
    TRY_ASSIGN(layout, runtime::read_layout(file));
    return render::draw_letter(program, {std::move(layout), fields, pin, puk}, deadline);
  };
}

render::Program renderer_program(const config::Configuration& configuration) {
  return {configuration.station.renderer, configuration.station.fonts};
}

render::Request request_of(const runtime::FacesWanted& wanted) {
  return {wanted.front, wanted.back, wanted.fields, wanted.image, wanted.chip, wanted.stripe};
}

runtime::Job preview_job(service::CardToDraw card, api::WallTime now) {
  runtime::Job job;
  job.step = core::Step::render;
  job.card = std::move(card.card);
  job.product = std::move(card.product);
  job.portrait = std::move(card.portrait);
  if (card.attempt) {
    job.attempt = *std::move(card.attempt);
  } else {
    job.attempt.started = now;
    job.attempt.check_code = runtime::widest_check_code;
  }
  return job;
}

service::DrawnCard drawn_card(std::vector<render::Picture> pictures, const api::ImageSpec& image) {
  service::DrawnCard drawn{image.dpi, {}};
  for (auto& picture : pictures)
    drawn.pictures.push_back({std::move(picture.face), std::move(picture.plane), std::move(picture.png)});
  return drawn;
}

// Two lists of roles, because neither layer knows the other: they have to be the same.
static_assert(std::ranges::equal(config::role_names, service::role_rows, {}, {},
                                 &api::EnumRow<service::Role>::name));

service::Roles roles(const config::Configuration& configuration) {
  service::Roles roles;
  for (const auto& [name, members] : configuration.roles)
    roles.grant(api::from_name<service::Role>(name).value(), members.uids, members.gids);
  return roles;
}

}  // namespace station
