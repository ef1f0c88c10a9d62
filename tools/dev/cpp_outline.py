# SPDX-License-Identifier: MIT
"""What is declared in a file of C++, and where.

C++ is not parsed. Without comments and strings it is declarations and braces, and in
code that clang-format has laid out these tell a function from a class: a block has a
space before its brace, an initialiser of a member has none.
"""

import re

# Comments and preprocessor lines, strings, characters (digit separators are none).
PASSED_OVER = re.compile(r"""(?P<blank>//[^\n]*|/\*.*?\*/|^[ ]*\#(?:\\\n|[^\n])*)
    |R"(?P<end>\w*)\(.*?\)(?P=end)"|"(?:\\.|[^"\\\n])*"|(?<!\w)'(?:\\.|[^'\\\n])+'""",
                         re.S | re.M | re.X)


def code_of(source):
    """The source at its lines and columns, blank for comments, underscores for strings."""
    return PASSED_OVER.sub(lambda m: re.sub(r"[^\n]", " " if m["blank"] else "_", m[0]), source)


class Declaration:
    """What stands before a block or a `;` in a namespace or class."""

    def __init__(self, text, has_block, lines, scope):
        self.first, self.head_end = lines
        self.end = self.head_end  # of the block
        self.before = scope and scope.last  # the declaration before it there
        self.last = None  # declaration within
        self.opened = self.head_end  # line of `{`, or of the last `public:`
        # What is listed at once below `class Name {` and `public:` has the class's contract.
        self.is_opening = bool(scope and scope.kind in ("class", "struct")
                               and scope.opened == self.first - 1)
        text = re.sub(r"operator ?(\(\)|[^\s\w(]+)", "operator", " ".join(text.split()))
        while (plain := re.sub(r"<[^<>]*>", "", text)) != text:
            text = plain
        text = re.sub(r"^(\[\[\w+\]\] |template |requires [\w:]+ )+", "", text)
        named = re.match(r"(namespace|class|struct|union|enum)\b ?([\w:]*)", text)
        called = re.match(r"(?!using |static_assert)([^=({]*?)(~?\w+) ?\(", text)
        self.kind, self.name = ((named[1], named[2]) if named else
                                ("function", called[2]) if called else ("", ""))
        self.holds = has_block and self.kind in ("namespace", "class", "struct", "union")
        self.is_shown = bool(scope is None or scope.shows and self.name not in ("", "detail"))
        self.shows = self.is_shown and self.kind != "class"  # what comes next in it
        # Of what is declared elsewhere, and what the compiler writes, nothing is to be said.
        said = called and (called[1].endswith("::") or re.search("= (default|delete)$", text))
        self.needs_contract = bool(scope and scope.shows and not said and (
            self.kind == "function" or has_block and self.kind in ("class", "struct")))


def declarations(code):
    """Those of all namespaces and classes. Functions' blocks are not looked into."""
    def line_of(offset):
        return code.count("\n", 0, offset) + 1

    found = []
    scopes = [Declaration("", True, (0, 0), None)]
    begin = brackets = braces = 0
    function = None
    for token in re.finditer(r"[(){};]|\b(public|private|protected):(?!:)", code):
        sign, at, scope = token[0], token.start(), scopes[-1]
        if braces:  # of a function, or an initialiser
            braces += {"{": 1, "}": -1}.get(sign, 0)
            if braces or not function:
                continue
            function.end = line_of(at)
            if code[begin:at].strip() == f"return {function.name}_;":  # what its name says
                function.needs_contract = False
            function = None
        elif sign in "()" or brackets:
            brackets += {"(": 1, ")": -1}.get(sign, 0)
            continue
        elif sign == "}":
            scopes.pop().end = line_of(at)
        elif token[1]:
            scope.shows = scope.is_shown and token[1] == "public"
            scope.opened = line_of(at)
        else:
            text = code[begin:at]
            if sign == "{" and not text[-1:].isspace():
                braces = 1
                continue
            first = line_of(begin + len(text) - len(text.lstrip()))
            here = Declaration(text, sign == "{", (first, line_of(at)), scope)
            found.append(here)
            scope.last = here
            if here.holds:
                scopes.append(here)
            elif sign == "{":
                function, braces = here, 1
        begin = token.end()
    return found
