"""Each patch of lean.js on a snippet of the text that it is for; the real file is patched in the integration tests."""

import pytest

from turnstile_lsp.agents.lean.embedded import patches
from turnstile_lsp.agents.lean.embedded.patches import PatchDoesNotFit

SNIPPETS = {
    patches.look_symbols_up_in_a_map: (
        "newSymIndex=Object.keys(lib.exports).indexOf(symbol);var symName=Object.keys(symDict)[symbolIndex];",
        "lib.symbolIndices.get(symbol)??-1",
    ),
    patches.read_standard_input_as_bytes: (
        "read(stream,buffer,offset,length,pos){if(!stream.tty||!stream.tty.ops.get_char)"
        "{throw new FS.ErrnoError(60)}var bytesRead=0;for(var i=0;i<length;i++){var result;",
        "fs.readSync(0,target,0,length,null)",
    ),
    patches.write_whole_lines: (
        'defaultPrintErr=(...args)=>fs.writeSync(2,args.map(stringify).join(" ")+"\\n")',
        "at+=fs.writeSync(2,line,at)",
    ),
    patches.mount_host_folders: (
        'FS.mount(NODEFS,{root:"/home"},"/home");FS.mount(NODEFS,{root:"/tmp"},"/tmp");cwd="/tmp"}FS.chdir(cwd)}else{',
        "FS.mount(NODEFS,{root:hostFolder},folder)",
    ),
    patches.allow_permission_model: ('process.binding("constants")["fs"]', 'require("fs").constants'),
    patches.drop_profile: (
        "path=SYSCALLS.calculateAt(dirfd,path);var mode=varargs?syscallGetVarargI():0;"
        "return FS.open(path,flags,mode).fd",
        '.profraw"))path="/dev/null"',
    ),
    patches.look_symbols_up_in_a_file: (
        "var __dlsym_js=(handle,symbol,symbolIndex)=>{symbol=UTF8ToString(symbol);",
        "LibrarySymbols.find(symbol)",
    ),
    patches.leave_table_unread: (
        "functionsInTableMap=new WeakMap;updateTableMap(0,wasmTable.length)",
        "functionsInTableMap=new WeakMap",
    ),
    patches.hand_module_over_uncopied: (
        "var response=await readAsync(binaryFile);return new Uint8Array(response)",
        "return await readAsync(binaryFile)",
    ),
    patches.end_when_heap_is_full: (
        "if(requestedSize>maxHeapSize){return false}if(replacement){return true}}return false}",
        'if(replacement){return true}}if(ENVIRONMENT_IS_NODE){fs.writeSync(2,"Lean\'s heap is full\\n");',
    ),
    patches.name_uncaught_exceptions: (
        "catch(ex){__emscripten_thread_crashed();throw ex}",
        'getExceptionMessage(ex).join(": ")',
    ),
    patches.start_three_threads: ("var pthreadPoolSize=4;", "var pthreadPoolSize=3;"),
}
names = [patch.__name__ for patch in SNIPPETS]


@pytest.mark.parametrize(("patch", "snippet"), SNIPPETS.items(), ids=names)
def test_patch_changes_its_one_place(patch, snippet):
    old, new = snippet
    result = patch(f"before({old})after")
    assert result.endswith(")after")
    assert new in result


@pytest.mark.parametrize(("patch", "snippet"), SNIPPETS.items(), ids=names)
@pytest.mark.parametrize("times", [0, 2])
def test_patch_refuses_another_text(patch, snippet, times):
    with pytest.raises(PatchDoesNotFit, match=patch.__name__):
        patch(snippet[0] * times)


def test_library_reads_answer_before_the_main_thread_is_asked():
    functions = {
        "___syscall_stat64": "path,buf",
        "___syscall_openat": "dirfd,path,flags,varargs",
        "___syscall_fstat64": "fd,buf",
        "_fd_read": "fd,iov,iovcnt,pnum",
        "_fd_seek": "fd,offset,whence,newOffset",
        "_fd_close": "fd",
    }
    text = "".join(f"function {name}({parameters}){{proxy()}}" for name, parameters in functions.items())
    result = patches.read_library_in_thread(text + "var SYSCALLS={}")
    assert result.count("if(local!==undefined)return local;proxy()") == len(functions)
    assert result.index("var LibraryReads=") < result.index("var SYSCALLS=")
    with pytest.raises(PatchDoesNotFit):
        patches.read_library_in_thread(text)


def test_only_exports_in_use_are_kept():
    text = (
        "var _main,_lean_main,_malloc,_unused,wasmTable;"
        'function assignWasmExports(wasmExports){_main=Module["_main"]=wasmExports["__main_argc_argv"];'
        '_malloc=Module["_malloc"]=wasmExports["malloc"];_unused=Module["_unused"]=wasmExports["unused"].value;'
        'wasmTable=wasmExports["__indirect_function_table"]}'
        "_malloc(1);wasmTable.get(0)"
    )
    result = patches.keep_used_exports(text)
    assert result == (
        "var _malloc,wasmTable;"
        'function assignWasmExports(wasmExports){_malloc=Module["_malloc"]=wasmExports["malloc"];'
        'wasmTable=wasmExports["__indirect_function_table"]}'
        "_malloc(1);wasmTable.get(0)"
    )
    assert patches.kept_exports(result) == {"malloc", "__indirect_function_table", "__main_argc_argv"}


def test_debug_lines_are_silenced_and_their_absence_is_told():
    assert patches.silence_debug_lines('console.log("[DEBUG:A] x");') == 'void ("[DEBUG:A] x");'
    with pytest.raises(PatchDoesNotFit):
        patches.silence_debug_lines('console.log("x");')
