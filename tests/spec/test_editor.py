"""The completions and messages of an editor in spec files, from its YAML language server."""

import itertools
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from seqreason.spec.schema import spec_schema

PACKAGE = "yaml-language-server@2.0.0"
FOLDER_VARIABLE = "SEQREASON_YAML_LANGUAGE_SERVER"
BEGINNING = "benchmark: mine\nsource: {kind: strokes}\ngenerator: {kind: normal}\n"


def installed_server(folder=None):
    """The server's script in *folder*, by default the folder that a variable names, or None."""
    folder = folder or os.environ.get(FOLDER_VARIABLE)
    if not folder or not shutil.which("node"):
        return None
    script = Path(folder) / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    return script if script.is_file() else None


# If the server is not installed, npm fetches it.
pytestmark = [] if installed_server() else [pytest.mark.slow]


@pytest.fixture(scope="session")
def script(tmp_path_factory):
    """The server's script: the installed one, or one that is installed for this session."""
    found = installed_server()
    if found is not None:
        return found
    if not shutil.which("npm"):
        pytest.skip(f"no npm, and no {PACKAGE} in the folder that {FOLDER_VARIABLE} names")
    folder = tmp_path_factory.mktemp("language-server")
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
    done = subprocess.run(install, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"{PACKAGE} cannot be installed here: {done.stderr.strip()[-300:]}")
    return installed_server(folder)


@pytest.fixture(scope="module")
def editor(script, registry, tmp_path_factory):
    schema = tmp_path_factory.mktemp("schema") / "schema.json"
    schema.write_text(json.dumps(spec_schema(registry)))
    server = LanguageServer(script, schema)
    yield server
    server.close()


def test_the_keys_of_a_benchmark_are_offered_with_what_they_are(editor):
    offered = editor.completions(BEGINNING + "‸")
    assert offered["encoder"] == "from frames to features"
    assert {"reasoner", "loss", "training", "evaluation", "seeds"} <= set(offered)
    assert "source" not in offered


@pytest.mark.parametrize("place", ["encoder: {kind: ‸}\n", "encoder:\n  kind: ‸\n"])
def test_the_names_of_plug_ins_are_offered_with_their_docstrings(editor, registry, place):
    offered = editor.completions(BEGINNING + place)
    assert set(offered) == {found.name for found in registry.of_kind("encoder")}
    assert offered["mlp"].startswith("A multilayer perceptron on a frame's pixels")


def test_the_settings_of_the_chosen_plug_in_are_offered_and_no_others(editor, registry):
    offered = editor.completions(BEGINNING + "encoder:\n  kind: residual-cnn\n  ‸\n")
    fields = registry.find("encoder", "residual-cnn").plugin.Config.model_fields
    assert offered == {name: field.description for name, field in fields.items()}


def test_the_values_of_a_setting_are_offered(editor):
    offered = editor.completions(BEGINNING + "reasoner:\n  kind: recurrent\n  cell: ‸\n")
    assert set(offered) == {"gru", "lstm"}


def test_augmentation_is_offered_the_settings_of_the_generator(editor):
    offered = editor.completions(BEGINNING + "training:\n  augmentation:\n    ‸\n")
    assert {"differences", "rotation_degrees"} <= set(offered)
    assert "periods" not in offered


def test_an_ablation_is_offered_its_keys_its_baselines_and_dotted_paths(editor):
    begun = "ablation: mine\n"
    assert {"baseline", "changes", "contrasts"} <= set(editor.completions(f"{begun}‸\n"))
    assert {"quickstart", "small-ocr"} <= set(editor.completions(f"{begun}baseline: ‸\n"))
    begun += "baseline: quickstart\nchanges:\n  softer:\n"
    offered = editor.completions(f"{begun}    loss.‸\n")
    assert offered["loss.prediction.smoothing"] == "s: the mass that is spread evenly"
    assert {"hard", "smoothed"} <= set(editor.completions(f"{begun}    loss.prediction.kind: ‸\n"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BEGINNING + "encoder: {kind: mlp, hiden: [8]}\n", "Property hiden is not allowed."),
        (BEGINNING + "encoder: {kind: mlpp}\n", 'Value must be "'),
        (
            "ablation: mine\nbaseline: easy\nchanges: {a: {reasoner.cel: lstm}}\n",
            "Property reasoner.cel is not allowed.",
        ),
    ],
)
def test_a_mistake_is_reported_at_its_place(editor, text, message):
    assert any(entry.startswith(message) for entry in editor.diagnostics(text))


def test_a_packaged_spec_has_no_mistake(editor, spec_text):
    assert editor.diagnostics(spec_text) == []


@pytest.fixture(params=["normal-posterior-ocr", "reasoners", "stages", "rotation"])
def spec_text(request):
    from seqreason.spec.files import packaged_specs

    return packaged_specs()[request.param].read_text(encoding="utf-8")


class LanguageServer:
    """Speaks to its own server over standard input and output, with one schema for all files."""

    def __init__(self, script, schema):
        self._process = subprocess.Popen(
            ["node", str(script), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._ids = itertools.count(1)
        self._heard = {}
        self._settings = {
            "schemas": {schema.as_uri(): "*.yaml"},
            "schemaStore": {"enable": False},
            "validate": True,
            "completion": True,
            "hover": True,
        }
        capabilities = {"textDocument": {"completion": {}}, "workspace": {"configuration": True}}
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": {"yaml": self._settings}})
        # Before it has read the schema, the server answers as if there were none.
        for _ in range(50):
            if self.diagnostics("nonsense: true\n"):
                return
        raise AssertionError("the language server does not take the schema")

    def close(self):
        self._process.kill()
        self._process.communicate()

    def completions(self, text):
        """The completions at the sign ‸ in *text*: each label with its description."""
        before, _, after = text.partition("‸")
        where = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        uri = self._open(before + after)
        found = self.ask(
            "textDocument/completion", {"textDocument": {"uri": uri}, "position": where}
        )
        return {item["label"]: _told(item.get("documentation")) for item in found["items"]}

    def diagnostics(self, text):
        """The messages about *text*."""
        uri = self._open(text)
        while uri not in self._heard:
            self._listen()
        return [entry["message"] for entry in self._heard[uri]]

    def _open(self, text):
        uri = f"file:///spec-{next(self._ids)}.yaml"
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def ask(self, method, parameters):
        asked = next(self._ids)
        self._send({"id": asked, "method": method, "params": parameters})
        while True:
            message = self._listen()
            if message.get("id") == asked and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _tell(self, method, parameters):
        self._send({"method": method, "params": parameters})

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _listen(self):
        """The next message; it answers the server's requests and keeps diagnostics."""
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        message = json.loads(self._process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self._heard[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            wanted = message["params"]["items"]
            answers = [self._settings if item["section"] == "yaml" else {} for item in wanted]
            self._send({"id": message["id"], "result": answers})
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})
        return message


def _told(documentation):
    return documentation["value"] if isinstance(documentation, dict) else documentation or ""
