// org.varlink.service, which every Varlink service has (https://varlink.org/Service).
#include "embedded/ipc.hpp"
#include "ipc/host.hpp"

namespace ipc {

void Host::add_service_interface() {
  const auto get_info = [this](const Call&, Reply reply) {
    json::array names{"org.varlink.service"};
    for (const auto& [name, interface] : interfaces)
      if (name != "org.varlink.service") names.emplace_back(name);
    reply.reply({{"vendor", identity.vendor},
                 {"product", identity.product},
                 {"version", identity.version},
                 {"url", identity.url},
                 {"interfaces", std::move(names)}});
  };
  const auto get_description = [this](const Call& call, Reply reply) {
    const auto& name = call.parameters.at("interface").as_string();
    const auto found = interfaces.find(std::string_view(name));
    if (found == interfaces.end()) return reply.error(errors::interface_not_found, {{"interface", name}});
    reply.reply({{"description", found->second.text}});
  };
  add(embedded::ipc("org.varlink.service.varlink"),
      {{"GetInfo", {get_info}}, {"GetInterfaceDescription", {get_description}}});
}

}  // namespace ipc
