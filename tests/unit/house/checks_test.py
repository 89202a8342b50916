#!/usr/bin/env python3
"""The checks of tools/ find what they are there to find: each sample is a small tree with one fault."""
import pathlib
import subprocess
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[3] / "tools"


def run(check, files):
    """Exit status and output of a check over a tree of {path: content}."""
    with tempfile.TemporaryDirectory() as root:
        for path, content in files.items():
            file = pathlib.Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        done = subprocess.run([TOOLS / check, root], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr


class Layers(unittest.TestCase):
    def assert_refused(self, path, line, words):
        status, output = run("check-layers", {path: "#pragma once\n" + line + "\n"})
        self.assertEqual(status, 1, output)
        self.assertIn(f"{path}:2: ", output)
        self.assertIn(words, output)

    def test_an_allowed_include_passes(self):
        status, output = run("check-layers", {"daemon/core/a.hpp": '#include "drivers/api/result.hpp"\n'})
        self.assertEqual(status, 0, output)

    def test_core_may_not_include_the_store(self):
        self.assert_refused("daemon/core/a.hpp", '#include "daemon/store/store.hpp"', "daemon/core may not include")

    def test_a_driver_may_not_include_another(self):
        self.assert_refused("drivers/piv/a.cpp", '#include "drivers/pcsc/reader.hpp"', "drivers/piv may not include")

    def test_a_nested_folder_is_a_layer_of_its_own(self):
        self.assert_refused("daemon/render/a.cpp", '#include "daemon/render/drawing/draw.hpp"', "may not include")

    def test_core_may_not_include_a_database(self):
        self.assert_refused("daemon/core/a.cpp", "#include <sqlite3.h>", "belongs in daemon/store")

    def test_drivers_may_not_include_asio(self):
        self.assert_refused("drivers/piv/a.cpp", "#include <boost/asio/post.hpp>", "belongs in ipc")

    def test_an_include_starts_at_the_root(self):
        self.assert_refused("ipc/a.cpp", '#include "session.hpp"', "from the root")

    def test_main_and_tests_may_include_everything(self):
        content = '#include "daemon/store/store.hpp"\n#include <sqlite3.h>\n'
        status, output = run("check-layers", {"daemon/main.cpp": content, "tests/unit/x/y_test.cpp": content})
        self.assertEqual(status, 0, output)

    def test_a_folder_without_a_row_is_refused(self):
        status, output = run("check-layers", {"daemon/letters/a.hpp": "#pragma once\n"})
        self.assertEqual(status, 1)
        self.assertIn("daemon/letters/a.hpp:1: this folder has no row", output)

    def test_an_arrow_that_nobody_uses_is_refused(self):
        status, output = run("check-layers", {"tools/ctl/a.hpp": "\n", "ipc/a.hpp": "\n"})
        self.assertEqual(status, 1)
        self.assertIn("tools/ctl may include ipc, and nobody does: remove it", output)

    def test_a_header_of_others_that_nobody_uses_is_refused(self):
        status, output = run("check-layers", {"daemon/store/a.hpp": "\n"})
        self.assertEqual(status, 1)
        self.assertIn("daemon/store may include <sqlite3.h…>, and nobody does: remove it", output)
        status, output = run("check-layers", {"daemon/store/a.hpp": "#include <sqlite3.h>\n"})
        self.assertEqual(status, 0, output)


class Await(unittest.TestCase):
    BAD = [
        "co_await f(Agg{1, text});",
        'co_await f({.a = 1, .b = "x"});',
        "auto x = co_await f(\n    {a, b});",
        "co_await f([cap] { use(cap); });",
        "co_await asio::co_spawn(pool, [f = std::move(f)]() -> asio::awaitable<int> { co_return f(); }, token);",
        "if (!co_await f(std::vector<int>{1})) {}",
        "TRY(co_await f());",
        "TRY_ASSIGN(x, co_await f());",
    ]
    GOOD = [
        "auto what = Agg{1}; co_await f(what);",
        "if (co_await f(x)) { g(); }",
        "while (auto n = co_await read(socket)) { use(n); }",
        "for (auto& x : co_await list()) { use(x); }",
        "co_await std::move(op); { int scope = 1; }",
        'co_await f("{", \'{\', x); // co_await f(A{})',
        "// co_await f(Agg{});",
        'const auto* text = R"(co_await f({});)";',
        "TRY(g()); co_await f(x);",
    ]

    def test_a_temporary_in_the_operand_is_found(self):
        for line in self.BAD:
            with self.subTest(line):
                status, output = run("check-await", {"ipc/a.cpp": f"\nvoid g() {{\n  {line}\n}}\n"})
                self.assertEqual(status, 1)
                self.assertIn("ipc/a.cpp:3: ", output)

    def test_other_forms_pass(self):
        for line in self.GOOD:
            with self.subTest(line):
                status, output = run("check-await", {"ipc/a.cpp": f"void g() {{\n  {line}\n}}\n"})
                self.assertEqual(status, 0, output)


class Others(unittest.TestCase):
    def test_a_tree_without_faults_passes(self):
        files = {"ipc/a.cpp": "int x;\n", "tools/a": '#!/usr/bin/env bash\necho "$1"\n', "tools/b": "#!/usr/bin/env python3\nrm $1"}
        for check in ("check-await", "check-format", "check-shell", "check-size"):
            with self.subTest(check):
                self.assertEqual(run(check, files), (0, ""))

    def test_a_file_that_is_too_long_is_named(self):
        status, output = run("check-size", {"ipc/a.cpp": "\n" * 401, "ipc/b.cpp": "\n" * 400})
        self.assertEqual(status, 1)
        self.assertIn("ipc/a.cpp:400: has 401 lines", output)
        self.assertNotIn("ipc/b.cpp", output)

    def test_an_unformatted_file_is_named(self):
        status, output = run("check-format", {"ipc/a.cpp": "int  x;\n", "ipc/b.cpp": "int x;\n"})
        self.assertEqual(status, 1, output)
        self.assertIn("ipc/a.cpp:1: ", output)
        self.assertNotIn("ipc/b.cpp", output)

    def test_a_shell_script_is_found_by_its_first_line(self):
        status, output = run("check-shell", {"tools/a": "#!/usr/bin/env bash\nrm $1\n", "tools/b": "rm $1\n"})
        self.assertEqual(status, 1)
        self.assertIn("tools/a:2:", output)
        self.assertNotIn("tools/b", output)


if __name__ == "__main__":
    unittest.main()
