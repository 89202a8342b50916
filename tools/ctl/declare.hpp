#pragma once
#include "tools/ctl/commands.hpp"

// What the commands take, and where it goes.
namespace ctl::declare {

using App = CLI::App;

void nothing(App& app, Arguments& to);
void card(App& app, Arguments& to);
void named_cards(App& app, Arguments& to);
void batch(App& app, Arguments& to);
void order_id(App& app, Arguments& to);

void request(App& app, Arguments& to);
void order(App& app, Arguments& to);
void orders(App& app, Arguments& to);
void abort(App& app, Arguments& to);
void cards(App& app, Arguments& to);
void preview(App& app, Arguments& to);
void issue(App& app, Arguments& to);
void batches(App& app, Arguments& to);
void repeat(App& app, Arguments& to);
void table_file(App& app, Arguments& to);
void manifest(App& app, Arguments& to);
void export_rows(App& app, Arguments& to);

void holder(App& app, Arguments& to);
void assign(App& app, Arguments& to);
void extend(App& app, Arguments& to);
void lock(App& app, Arguments& to);

void watch(App& app, Arguments& to);
void letters(App& app, Arguments& to);
void resolve(App& app, Arguments& to);
void stats(App& app, Arguments& to);

}  // namespace ctl::declare
