-- Neovim 0.7 and later: shows, fixes, renames, and says what it saw.
local work, aslint = os.getenv("WORK"), os.getenv("ASLINT")
local function fail(what)
  io.stderr:write("nvim: " .. what .. "\n")
  vim.cmd("cquit 1")
end

local function write(name, lines)
  local file = assert(io.open(work .. "/" .. name, "w"))
  file:write(table.concat(lines, "\n") .. "\n")
  file:close()
end

local buffer = vim.api.nvim_get_current_buf()
local settled = 0
local original = vim.lsp.handlers["textDocument/publishDiagnostics"]
vim.lsp.handlers["textDocument/publishDiagnostics"] = function(...)
  settled = settled + 1
  return original(...)
end
local id = vim.lsp.start_client({ name = "aslint", cmd = { aslint, "lsp" }, root_dir = work })
vim.lsp.buf_attach_client(buffer, id)
-- Once without proofs, once with them.
if not vim.wait(30000, function() return settled >= 2 end, 10) then fail("no diagnostics") end

local shown = {}
for _, found in ipairs(vim.diagnostic.get(buffer)) do
  table.insert(shown, found.code .. ":" .. (found.lnum + 1))
end
write("shown", shown)

local client = vim.lsp.get_client_by_id(id)
local function ask(method, params)
  local answer = client.request_sync(method, params, 10000, buffer)
  if not answer or answer.err then fail(method .. ": " .. vim.inspect(answer)) end
  return answer.result
end

local document = { uri = vim.uri_from_bufnr(buffer) }
local place = { line = 7, character = 8 }
local actions = ask("textDocument/codeAction", {
  textDocument = document, range = { start = place, ["end"] = place }, context = { diagnostics = {}, only = { "quickfix" } },
})
local fix
for _, action in ipairs(actions) do
  if action.isPreferred or action.title:find("Next") then fix = fix or action end
end
if not fix then fail("no fix among " .. vim.inspect(actions)) end
local before = vim.api.nvim_buf_get_lines(buffer, 0, -1, true)
vim.lsp.util.apply_workspace_edit(fix.edit, client.offset_encoding)
write("fixed.json", vim.api.nvim_buf_get_lines(buffer, 0, -1, true))
vim.api.nvim_buf_set_lines(buffer, 0, -1, true, before)

vim.wait(100)
local edit = ask("textDocument/rename", { textDocument = document, position = { line = 1, character = 15 }, newName = "Get" })
vim.lsp.util.apply_workspace_edit(edit, client.offset_encoding)
write("renamed.json", vim.api.nvim_buf_get_lines(buffer, 0, -1, true))
vim.lsp.stop_client(id)
vim.cmd("qall!")
