-- One round trip in Neovim 0.7 or later. It records what the editor shows; tests/editors/judging.py judges.
local file, record, python, root = vim.env.PYBACKEND_PROBE_FILE, vim.env.PYBACKEND_PROBE_RECORD,
  vim.env.PYBACKEND_PROBE_PYTHON, vim.env.PYBACKEND_PROBE_ROOT
local severities = { "error", "warning", "information", "hint" }

local function findings()
  return vim.tbl_map(function(each)
    return { code = each.code, severity = severities[each.severity], line = each.lnum + 1 }
  end, vim.diagnostic.get(0))
end

local function has(code)
  return #vim.tbl_filter(function(each) return each.code == code end, findings()) > 0
end

local function wait(what, reached)
  if not vim.wait(30000, reached, 20) then
    error(what .. " did not come: " .. vim.inspect(findings()))
  end
end

local function start()
  local configuration = {
    name = "pybackend",
    cmd = { python, "-I", "-m", "pybackend", "server" },
    cmd_cwd = vim.fn.fnamemodify(python, ":h"),
    root_dir = root,
    workspace_folders = { { name = "workspace", uri = vim.uri_from_fname(root) } },
  }
  if vim.lsp.start then
    return vim.lsp.start(configuration)
  end
  local client = vim.lsp.start_client(configuration)
  wait("the client", function() return vim.lsp.buf_attach_client(0, client) end)
  return client
end

-- A Django template, which is mended, and a page that is none.
local function templates(seen, client)
  for moment, path in pairs({ template = vim.env.PYBACKEND_PROBE_TEMPLATE, page = vim.env.PYBACKEND_PROBE_PAGE }) do
    vim.cmd("edit " .. vim.fn.fnameescape(path))
    vim.bo.filetype = "html"
    wait("the client", function() return vim.lsp.buf_attach_client(0, client) end)
    vim.wait(1000, function() return #findings() > 0 end)
    seen[moment] = findings()
    if moment == "template" then
      vim.cmd("%s/book-lst/book-list/")
      wait("the end of what is found in a template", function() return #findings() == 0 end)
      seen.mended = findings()
    end
    vim.cmd("write")
  end
end

local function use(seen)
  local version = vim.version()
  seen.version = string.format("%d.%d.%d", version.major, version.minor, version.patch)
  vim.cmd("edit " .. vim.fn.fnameescape(file))
  vim.bo.filetype = "python"
  local client = start()
  wait("the first findings", function() return has("blocking-in-async") end)
  vim.wait(1000)
  seen.opened = findings()

  for _, each in ipairs(vim.diagnostic.get(0)) do
    if each.code == "blocking-in-async" then
      vim.api.nvim_win_set_cursor(0, { each.lnum + 1, each.col })
    end
  end
  local encoding = vim.lsp.get_client_by_id(client).offset_encoding
  local parameters = vim.lsp.util.make_position_params(0, encoding)
  local answers = vim.lsp.buf_request_sync(0, "textDocument/hover", parameters, 10000) or {}
  seen.hover = ""
  for _, answer in pairs(answers) do
    local contents = answer.result and answer.result.contents or ""
    seen.hover = seen.hover .. (contents.value or tostring(contents))
  end

  -- The chooser is asked with the actions; its answer is the preferred one.
  seen.actions = {}
  vim.ui.select = function(items, _, choose)
    local preferred
    for _, item in ipairs(items) do
      local action = item.action or item[2]
      table.insert(seen.actions, { title = action.title, preferred = action.isPreferred == true })
      preferred = preferred or (action.isPreferred and item)
    end
    choose(preferred)
  end
  vim.lsp.buf.code_action()
  wait("the end of the fixed finding", function() return #seen.actions > 0 and not has("blocking-in-async") end)
  vim.cmd("write")
  seen.fixed = findings()
  templates(seen, client)
end

local seen = {}
local ok, message = pcall(use, seen)
if not ok then
  seen.error = tostring(message)
end
vim.fn.writefile({ vim.json.encode(seen) }, record)
vim.cmd("qall!")
