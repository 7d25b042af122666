"""The language server under what real clients say that they can take (pytest-lsp)."""

import json
import os
import pathlib
import subprocess

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

ASLINT = os.environ["ASLINT"]
TEXT = (pathlib.Path(__file__).parent / "a.asl.json").read_text()


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[ASLINT, "lsp"]),
    params=["neovim", "visual_studio_code", "emacs"],
)
async def client(request, lsp_client: LanguageClient):
    capabilities = client_capabilities(request.param)
    if capabilities.text_document is not None:
        # Who asks for diagnostics is tested on its own.
        capabilities.text_document.diagnostic = None
    # What the server asks of clients that say they can do it.
    lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda *_: None)
    await lsp_client.initialize_session(
        types.InitializeParams(capabilities=capabilities, workspace_folders=[])
    )
    yield
    await lsp_client.shutdown_session()


def expected(tmp_path):
    file = tmp_path / "a.asl.json"
    file.write_text(TEXT)
    command = [ASLINT, "check", "--isolated", "--format", "json", "--level", "info", "--fail-on", "never", str(file)]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["diagnostics"]
    return sorted((it["rule"], it["range"]["start"]["line"] - 1) for it in found)


@pytest.mark.asyncio
async def test_a_session(client: LanguageClient, tmp_path):
    uri = (tmp_path / "a.asl.json").as_uri()
    wanted = expected(tmp_path)
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "asl", 1, TEXT))
    )
    # Once without proofs, once with them.
    await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    while sorted((it.code, it.range.start.line) for it in client.diagnostics[uri]) != wanted:
        await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    document = types.TextDocumentIdentifier(uri)
    place = types.Position(1, 15)
    hover = await client.text_document_hover_async(types.HoverParams(document, place))
    assert "Fetch 😀" in hover.contents.value
    edit = await client.text_document_rename_async(types.RenameParams(document, place, "Get"))
    edits = edit.document_changes[0].edits if edit.document_changes else edit.changes[uri]
    assert len(edits) == 2
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    assert [symbol.name for symbol in symbols] == ["Fetch 😀", "Done", "Lost"]
    at = types.Position(7, 8)
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(document, types.Range(at, at), types.CodeActionContext([]))
    )
    assert any("Next" in action.title for action in actions)
    items = await client.text_document_completion_async(types.CompletionParams(document, types.Position(7, 16)))
    assert items is not None
