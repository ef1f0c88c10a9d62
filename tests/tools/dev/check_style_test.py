#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tools/dev/check_style.py finds what breaks its rules, and nothing else.

Every case is a small tree in a folder of its own: sound files, and one that breaks one
rule. Exactly that is to be found, at its line.

usage: check_style_test.py TOOLS
"""

import pathlib
import sys
import tempfile

sys.path.insert(0, sys.argv[1])
import check_style  # noqa: E402

HEAD = "// SPDX-License-Identifier: MIT\n//\n// What the file is about.\n"
SCRIPT = "# SPDX-License-Identifier: MIT\n#\n# What the file is about.\n"
HEADER = HEAD + "#pragma once\n"
LONG = "int f(int a) {\n" + "  a += 1;\n" * 60 + "  return a;\n}\n"
PROGRAM = "#!/bin/sh\n[ $2 = policies ] && echo put-back\nexit 0\n"

SOUND = {
    "CMakeLists.txt": SCRIPT,
    "sim/verdict.h": HEADER,
    "sim/run.h": HEADER + "#include <vector>\n",
    "sim/strategies/strand_context.h": HEADER + "#include <boost/asio/post.hpp>\n",
    "model/world.h": HEADER + '#include "sim/verdict.h"\n',
    "tools/words/report.h": HEADER + """#include <nlohmann/json.hpp>

#include "model/world.h"
#include "sim/run.h"

namespace tools {

class Later;
using Lines = std::vector<int>;

/// A class.
class Report : public Base<int, char> {
 public:
  explicit Report(Lines lines);
  ~Report();

  Report(const Report&) = delete;

  [[nodiscard]] int a() const { return a_; }

  friend bool operator==(const Report&, const Report&) = default;

  /// Of two.
  Report(int a, int b)
      : a_{a}, b_(b) {
    const bool more = a_ > 1'000 && b_ == '{';
  }

  void draw() const;  ///< at once

  std::function<bool(int)> wanted;

  /// Of one, or none.
  explicit Report(Options options = {.lines = 0}) {}
  int less(int c = 1'000);

 private:
  int a_ = 0;

  void hidden();
};

Report::Report(Lines lines) {}

inline constexpr std::array<int, 2> limits = {f(1), 2};

/// Written once.
template <class T>
constexpr bool is_empty(const T& text) {
  return text == "}" R"("})";
}

namespace detail {

void not_for_others();

}

}  // namespace tools
""",
    "tools/certificate/certificate_check.cpp": HEAD + '#include "model/world.h"\n',
    "tests/report_test.cpp": HEAD + '#include "tools/words/report.h"\n#include <catch2/catch.hpp>\n',
    "tools/show.py": '#!/usr/bin/python3\n# SPDX-License-Identifier: MIT\n"""Shows it all."""\n',
    "docs/fidelity.md": "| put-back | - |\n", "docs/semantics.md": "", "docs/timing.md": "",
}

# What breaks a rule: files that are otherwise, and what is found.
CASES = [
    ({}, []),
    # The head.
    ({"sim/run.h": "#pragma once\n"}, ["sim/run.h:1: the first line", "sim/run.h:2: no prologue"]),
    ({"sim/run.h": "\n" + HEADER}, ["sim/run.h:1: the first line does not name the licence"]),
    ({"sim/run.h": HEAD[:32] + "#include <vector>\n"}, ["sim/run.h:2: no prologue"]),
    ({"tools/show.py": SCRIPT[:31] + "import sys\n"}, ["tools/show.py:2: no prologue"]),
    ({"CMakeLists.txt": SCRIPT[:31] + "project(x y)\n"}, ["CMakeLists.txt:2: no prologue"]),
    ({"tools/page/run.js": "const a = 1;\n"}, ["tools/page/run.js:1:", "tools/page/run.js:2:"]),
    # Includes, from room to room.
    ({"sim/run.h": HEADER + '#include "model/world.h"\n'}, ["sim/run.h:5: sim includes nothing of model"]),
    ({"sim/run.h": HEADER + '#include "sim/search/x.h"\n', "sim/search/x.h": HEADER},
     ["sim/run.h:5: sim includes nothing of sim/search"]),
    ({"sim/questions/x.h": HEADER + '#include "sim/search/y.h"\n#include "sim/run.h"\n',
      "sim/search/y.h": HEADER}, []),
    ({"sim/search/y.h": HEADER + '#include "sim/strategies/strand_context.h"\n'},
     ["sim/search/y.h:5: sim/search includes nothing of sim/strategies"]),
    ({"model/world.h": HEADER + '#include "tools/words/report.h"\n', "tools/words/report.h": HEADER},
     ["model/world.h:5: model includes nothing of tools/words"]),
    ({"model/kernel/rnic.h": HEADER + '#include "model/race_model.h"\n', "model/race_model.h": HEADER},
     ["model/kernel/rnic.h:5: model/kernel includes nothing of model/race_model"]),
    ({"model/race_model.cpp": HEAD + '#include "model/kernel/rnic.h"\n',
      "model/kernel/rnic.h": HEADER + '#include "model/world.h"\n'}, []),
    ({"model/kernel/rnic.h": HEADER + '#include "sim/run.h"\n'},
     ["model/kernel/rnic.h:5: model/ includes no sim/run.h: no driver, no strategy"]),
    ({"tools/app/x.h": HEADER + '#include "tools/hunt/y.h"\n', "tools/hunt/y.h": HEADER},
     ["tools/app/x.h:5: tools/app includes nothing of tools/hunt"]),
    ({"tools/hunt/y.h": HEADER + '#include "tools/app/x.h"\n', "tools/app/x.h": HEADER}, []),
    ({"tools/app/x.h": HEADER + '#include "tests/y.h"\n', "tests/y.h": HEADER},
     ["tools/app/x.h:5: tools/app includes nothing of tests/y.h"]),
    ({"tools/bench/x.cpp": HEAD + '#include "tests/y.h"\n', "tests/y.h": HEADER}, []),
    ({"tools/certificate/certificate_check.cpp": HEAD + '#include "sim/search/x.h"\n',
      "sim/search/x.h": HEADER},
     ["tools/certificate/certificate_check.cpp:4: tools/certificate/checker includes nothing of sim/search"]),
    ({"tools/certificate/certificate_check.cpp": HEAD + '#include "tools/files/mapped_file.h"\n',
      "tools/files/mapped_file.h": HEADER + '#include "tools/words/report.h"\n'},
     ["tools/files/mapped_file.h:5: tools/files/mapped_file includes nothing of tools/words"]),
    ({"tools/certificate/certificate_check.cpp": HEAD + '#include "tools/certificate/y.h"\n',
      "tools/certificate/y.h": HEADER},
     ["tools/certificate/certificate_check.cpp:4: tools/certificate/checker includes nothing of "
      "tools/certificate"]),
    ({"sim/run.h": HEADER + '#include "sim/verdict.h"\n',
      "sim/verdict.h": HEADER + '\n#include "sim/run.h"\n'},
     ["sim/run.h:5: sim/verdict.h includes this file in turn",
      "sim/verdict.h:6: sim/run.h includes this file in turn"]),
    ({"sim/run.h": HEADER + "#include <nlohmann/json.hpp>\n"},
     ["sim/run.h:5: nlohmann/json.hpp is not included here"]),
    ({"tools/words/x.h": HEADER + "#include <boost/asio/post.hpp>\n"},
     ["tools/words/x.h:5: boost/asio/post.hpp is not included here"]),
    ({"tools/hunt/x.h": HEADER + "#include <CLI/CLI.hpp>\n"},
     ["tools/hunt/x.h:5: CLI/CLI.hpp is not included here"]),
    # Rooms.
    ({"tools/x.cpp": HEAD}, ["tools/x.cpp:1: tools is no room"]),
    ({"sim/elsewhere/x.h": HEADER}, ["sim/elsewhere/x.h:1: sim/elsewhere is no room"]),
    ({f"sim/search/x{i}.h": HEADER for i in range(25)}, []),
    ({f"sim/search/x{i}.h": HEADER for i in range(26)}, ["sim/search:1: 26 source files, at most 25"]),
    ({f"tests/x{i}.cpp": HEAD for i in range(26)}, ["tests:1: 27 source files, at most 25"]),
    # Sizes.
    ({"sim/run.cpp": HEAD + LONG}, ["sim/run.cpp:4: f has 63 lines, at most 60"]),
    ({"sim/run.cpp": HEAD + LONG.replace("int a)", "A a = {})")},
     ["sim/run.cpp:4: f has 63 lines"]),
    ({"sim/run.cpp": HEAD + LONG.replace("  a += 1;\n", "  // nothing\n\n", 3)}, []),
    ({"sim/run.h": HEADER + "/// In a class.\nstruct A {\n" + LONG + "};\n"},
     ["sim/run.h:7: f has 63 lines"]),
    ({"tools/show.py": SCRIPT + "def f():\n" + "    f()\n" * 60},
     ["tools/show.py:4: f has 61 lines"]),
    ({"sim/run.cpp": HEAD + "\n" * 398}, ["sim/run.cpp:1: the file has 401 lines, at most 400"]),
    ({"tests/run_test.cpp": HEAD + "\n" * 398}, []),
    ({"tests/run_test.cpp": HEAD + "\n" * 698}, ["tests/run_test.cpp:1: the file has 701 lines"]),
    ({"sim/may.cpp": HEAD + LONG, "may": 63}, []),
    ({"sim/may.cpp": HEAD + LONG, "may": 62}, ["sim/may.cpp:4: f has 63 lines, at most 62"]),
    ({"sim/may.cpp": HEAD, "may": 63}, ["sim/may.cpp:1: f needs no exception"]),
    ({"may": 63}, ["sim/may.cpp:1: f needs no exception"]),
    # Contracts.
    ({"sim/run.h": HEADER + "namespace sim {\n\nvoid f();\n\n}\n"},
     ["sim/run.h:7: function f has no contract"]),
    ({"sim/run.h": HEADER + "/// A.\nvoid f();\n\nvoid g();\n"},
     ["sim/run.h:8: function g has no contract"]),
    ({"sim/run.h": HEADER + "class A {\n public:\n  void f();\n};\n"},
     ["sim/run.h:5: class A has no contract"]),
    ({"sim/run.h": HEADER + "/// A.\nclass A {\n public:\n  A();\n\n  bool operator<(A);\n};\n"},
     ["sim/run.h:10: function operator has no contract"]),
    ({"sim/run.h": HEADER + "/// A.\nclass A {\n  int a;\n\n  void f();\n\n public:\n\n"
      "  int g();\n};\n"}, ["sim/run.h:13: function g has no contract"]),
    ({"tools/words/report.h": SOUND["tools/words/report.h"] + "int last();\n"},
     ["tools/words/report.h:64: function last has no contract"]),
    ({"sim/run.h": HEADER + "/// A.\nstruct A {\n  int b;\n\n  int c() const { return b_; }\n};\n"},
     ["sim/run.h:9: function c has no contract"]),
    ({"sim/run.h": HEADER + "template <class M>\nconcept A = requires(M m) {\n  m.go();\n};\n"
      "/// B.\nstruct B {\n  int b;\n\n  void go();\n};\n"}, []),
    ({"sim/run.h": HEADER + "// A.\nenum class A { a };\nint b = f(3);\n"}, []),
    ({"sim/run.cpp": HEAD + "void f() {}\n", "tools/bench/x.h": HEADER + "void f();\n"}, []),
    # Names.
    ({"docs/fidelity.md": "put-back is a policy\n"},
     ["docs/fidelity.md:1: policies: put-back is not explained"]),
    ({"docs/fidelity.md": "`put-back-unchained`\n"}, ["docs/fidelity.md:1: policies: put-back is"]),
    ({"docs/fidelity.md": "`put-back` is one.\n"}, []),
]


def found_in(changes):
    """What is found in the sound tree with these files."""
    changes = dict(changes)
    may = changes.pop("may", None)
    check_style.LARGER = {("sim/may.cpp", "f"): (may, "a test")} if may else {}
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, text in {**SOUND, **changes, "list": PROGRAM}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, "utf-8")
        (root / "list").chmod(0o755)
        return check_style.findings(root, root / "list")


def refuses_circle():
    """A table in which a room may include itself by others is no table."""
    rooms = check_style.ROOMS
    check_style.ROOMS = {"sim": ["model"], "model": ["tools/app"], "tools/app": ["sim"]}
    try:
        check_style.below("model")
    except SystemExit as refusal:
        return "model -> tools/app -> sim -> model" in str(refusal)
    finally:
        check_style.ROOMS = rooms
    return False


def main():
    failures = 0
    for changes, expected in CASES:
        found = found_in(changes)
        if len(found) != len(expected) or not all(
                line.startswith(start) for line, start in zip(sorted(found), sorted(expected))):
            print("FAILED:", list(changes), "\n  expected:", expected, "\n  found:   ", found)
            failures += 1
    failures += not refuses_circle()
    print(f"{len(CASES)} trees, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
