"""Changes to the text of the package's ``lean.js``, made once at install time.

Each patch is a pure function from text to text that fails when the place it changes is not there exactly once, so
that another build of the package is refused instead of being half patched. The text is read and written as latin-1:
nothing in it is re-encoded. README.md beside this file tells what each patch is worth.
"""

import re
from collections.abc import Callable, Sequence

from turnstile_lsp.agents.errors import TurnstileError

Patch = Callable[[str], str]


class PatchDoesNotFit(TurnstileError):
    """The text of ``lean.js`` is not the one that a patch was written for."""


def _does_not_fit(patch: str, found: int) -> PatchDoesNotFit:
    return PatchDoesNotFit(
        f"The patch '{patch}' fits {found} places of lean.js instead of one. Fetch the package again.",
        mend="turnstile lean install",
    )


def replace_once(patch: str, text: str, old: str, new: str) -> str:
    """Replace the only occurrence of ``old``. Raises PatchDoesNotFit when there is none or more than one."""
    found = text.count(old)
    if found != 1:
        raise _does_not_fit(patch, found)
    return text.replace(old, new)


def keep_used_exports(text: str) -> str:
    """Drop the variables of 200,000 exported symbols that nothing reads: 88.8 of 89.5 MB, parsed in each thread."""
    names = _the_only("keep_used_exports", r"var (_main,_lean_main,[\w$,]*);", text)
    body = _the_only("keep_used_exports", r"function assignWasmExports\(wasmExports\)\{([^{}]*)\}", text)
    first, second = sorted([names, body], key=lambda match: match.start(1))
    outside = text[: first.start(1)] + text[first.end(1) : second.start(1)] + text[second.end(1) :]
    used = set(re.findall(r"[\w$]+", outside))
    kept = {
        names: ",".join(name for name in names[1].split(",") if name in used),
        body: ";".join(line for line in body[1].split(";") if line.split("=", 1)[0] in used),
    }
    return (
        text[: first.start(1)]
        + kept[first]
        + text[first.end(1) : second.start(1)]
        + kept[second]
        + text[second.end(1) :]
    )


def _the_only(patch: str, pattern: str, text: str) -> re.Match[str]:
    matches = list(re.finditer(pattern, text))
    if len(matches) != 1:
        raise _does_not_fit(patch, len(matches))
    return matches[0]


def look_symbols_up_in_a_map(text: str) -> str:
    """Look-ups listed all exports and searched the list: an import took minutes."""
    text = replace_once(
        "look_symbols_up_in_a_map",
        text,
        "newSymIndex=Object.keys(lib.exports).indexOf(symbol);",
        "lib.symbolIndices??=new Map(Object.keys(lib.exports).map((name,index)=>[name,index]));"
        "newSymIndex=lib.symbolIndices.get(symbol)??-1;",
    )
    return replace_once(
        "look_symbols_up_in_a_map",
        text,
        "var symName=Object.keys(symDict)[symbolIndex];",
        "lib.symbolNames??=Object.keys(symDict);var symName=lib.symbolNames[symbolIndex];",
    )


def read_standard_input_as_bytes(text: str) -> str:
    """Standard input fails on an empty pipe and breaks UTF-8 at every 256th byte.

    Touching ``process.stdin`` makes the pipe non-blocking. While it is empty the main thread serves the file operations
    of Lean's other threads, which a blocking read would starve; it sleeps 1 ms between looks, 10 ms when long idle.
    """
    old = (
        "read(stream,buffer,offset,length,pos){if(!stream.tty||!stream.tty.ops.get_char)"
        "{throw new FS.ErrnoError(60)}var bytesRead=0;for(var i=0;i<length;i++){var result;"
    )
    new = (
        "read(stream,buffer,offset,length,pos){if(!stream.tty||!stream.tty.ops.get_char)"
        "{throw new FS.ErrnoError(60)}"
        "if(ENVIRONMENT_IS_NODE){void process.stdin;"
        "var target=new Uint8Array(buffer.buffer,buffer.byteOffset+offset,length);"
        "for(var delay=1;;delay=Math.min(delay+.05,10)){"
        "try{return fs.readSync(0,target,0,length,null)}"
        'catch(e){if(e.code==="EOF")return 0;if(e.code!=="EAGAIN")throw new FS.ErrnoError(29)}'
        "_emscripten_main_thread_process_queued_calls();"
        "Atomics.wait(TTY.sleeper??=new Int32Array(new SharedArrayBuffer(4)),0,0,delay)}}"
        "var bytesRead=0;for(var i=0;i<length;i++){var result;"
    )
    return replace_once("read_standard_input_as_bytes", text, old, new)


def write_whole_lines(text: str) -> str:
    """Long lines on standard error lost what the pipe had no room for, as Node makes it non-blocking."""
    return replace_once(
        "write_whole_lines",
        text,
        'defaultPrintErr=(...args)=>fs.writeSync(2,args.map(stringify).join(" ")+"\\n")',
        'defaultPrintErr=(...args)=>{var line=Buffer.from(args.map(stringify).join(" ")+"\\n");'
        "for(var at=0;at<line.length;)try{at+=fs.writeSync(2,line,at)}"
        'catch(e){if(e.code!=="EAGAIN")throw e;Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,1)}}',
    )


def mount_host_folders(text: str) -> str:
    """Show Lean the whole file system of the host instead of /home and /tmp alone.

    ``TURNSTILE_LEAN_FOLDERS`` (separated by colons) names the folders instead where the process may not list "/".
    """
    text = replace_once(
        "mount_host_folders",
        text,
        'FS.mount(NODEFS,{root:"/home"},"/home");FS.mount(NODEFS,{root:"/tmp"},"/tmp");',
        "for(var folder of process.env.TURNSTILE_LEAN_FOLDERS?.split(':')"
        "??fs.readdirSync('/').filter(name=>!['dev','proc','sys'].includes(name)).map(name=>'/'+name)){"
        "try{var hostFolder=fs.realpathSync(folder);if(!fs.statSync(hostFolder).isDirectory())continue}catch{continue}"
        "FS.mkdirTree(folder);FS.mount(NODEFS,{root:hostFolder},folder)}",
    )
    return replace_once(
        "mount_host_folders", text, 'cwd="/tmp"}FS.chdir(cwd)}else{', 'cwd="/tmp"}try{FS.chdir(cwd)}catch{}}else{'
    )


def allow_permission_model(text: str) -> str:
    """``process.binding`` is refused under Node's permission model, which the sandbox uses."""
    return replace_once("allow_permission_model", text, 'process.binding("constants")["fs"]', 'require("fs").constants')


def drop_profile(text: str) -> str:
    """The build is instrumented and would leave a ``default.profraw`` in the working folder at each exit."""
    return replace_once(
        "drop_profile",
        text,
        "path=SYSCALLS.calculateAt(dirfd,path);var mode=varargs?syscallGetVarargI():0;"
        "return FS.open(path,flags,mode).fd",
        'path=SYSCALLS.calculateAt(dirfd,path);if(path.endsWith(".profraw"))path="/dev/null";'
        "var mode=varargs?syscallGetVarargI():0;return FS.open(path,flags,mode).fd",
    )


def silence_debug_lines(text: str) -> str:
    """Debug lines of the package would mix with Lean's own standard output."""
    if 'console.log("[DEBUG' not in text:
        raise _does_not_fit("silence_debug_lines", 0)
    return text.replace('console.log("[DEBUG', 'void ("[DEBUG')


LIBRARY_READS = """
var LibraryReads={files:new Map,nextDescriptor:1<<20,folders:globalThis.process?.env.TURNSTILE_LEAN_FOLDERS?.split(":"),
path(pointer){var path=UTF8ToString(pointer);
if(!/^\\/(?!(dev|proc|sys)\\/)/.test(path)||path.includes("/../"))return null;
return !this.folders||this.folders.some(folder=>path.startsWith(folder+"/"))?path:null},
stat(pointer,buffer){var path=this.path(pointer);if(path)try{return SYSCALLS.writeStat(buffer,fs.statSync(path))}
catch(error){if(error.code==="ENOENT"||error.code==="ENOTDIR")return -44}},
open(pointer,flags){var path=flags&3?null:this.path(pointer);
if(path&&/\\.(olean|olean\\.server|olean\\.private|ir)$/.test(path))try{
this.files.set(this.nextDescriptor,{host:fs.openSync(path,"r"),position:0});return this.nextDescriptor++}catch{}},
fstat(descriptor,buffer){var file=this.files.get(descriptor);
if(file)return SYSCALLS.writeStat(buffer,fs.fstatSync(file.host))},
read(descriptor,vectors,count,total){var file=this.files.get(descriptor);if(!file)return;growMemViews();
for(var read=0,i=0;i<count;i++){var start=HEAPU32[(vectors>>2)+2*i],length=HEAPU32[(vectors>>2)+2*i+1];
var got=fs.readSync(file.host,HEAPU8,start,length,file.position);file.position+=got;read+=got;if(got<length)break}
HEAPU32[total>>2]=read;return 0},
seek(descriptor,offset,whence,position){var file=this.files.get(descriptor);if(!file)return;
var base=whence==0?0:whence==1?file.position:fs.fstatSync(file.host).size;
file.position=base+Number(offset);growMemViews();HEAP64[position>>3]=BigInt(file.position);return 0},
close(descriptor){var file=this.files.get(descriptor);if(!file)return;
this.files.delete(descriptor);fs.closeSync(file.host);return 0}};
""".replace("\n", "")


def read_library_in_thread(text: str) -> str:
    """Look for files, and read compiled ones, in the thread that asks: an import makes 20,000 such operations."""
    for function, parameters, operation, arguments in [
        ("___syscall_stat64", "path,buf", "stat", "path,buf"),
        ("___syscall_openat", "dirfd,path,flags,varargs", "open", "path,flags"),
        ("___syscall_fstat64", "fd,buf", "fstat", "fd,buf"),
        ("_fd_read", "fd,iov,iovcnt,pnum", "read", "fd,iov,iovcnt,pnum"),
        ("_fd_seek", "fd,offset,whence,newOffset", "seek", "fd,offset,whence,newOffset"),
        ("_fd_close", "fd", "close", "fd"),
    ]:
        head = f"function {function}({parameters}){{"
        local = f"var local=LibraryReads.{operation}({arguments});if(local!==undefined)return local;"
        text = replace_once("read_library_in_thread", text, head, head + local)
    return replace_once("read_library_in_thread", text, "var SYSCALLS={", LIBRARY_READS + "var SYSCALLS={")


LIBRARY_SYMBOLS = """
var LibrarySymbols={find(name){
if(!this.keys){var bytes=new Uint8Array(fs.readFileSync(__dirname+"/lean.symbols")),count=bytes.length/12;
this.keys=new BigUint64Array(bytes.buffer,0,count);this.values=new Uint32Array(bytes.buffer,8*count,count)}
var key=require("crypto").hash("sha256",name,"buffer").readBigUInt64LE(),low=0,high=this.keys.length;
while(low<high){var middle=low+high>>1;if(this.keys[middle]<key)low=middle+1;else high=middle}
return this.keys[low]===key?this.values[low]:undefined}};
""".replace("\n", "")


def look_symbols_up_in_a_file(text: str) -> str:
    """Find the symbols that `wasm.without_exports` has taken out of the exports, in ``lean.symbols``."""
    old = "var __dlsym_js=(handle,symbol,symbolIndex)=>{symbol=UTF8ToString(symbol);"
    new = "var known=LibrarySymbols.find(symbol);if(known!==undefined)return known;"
    return replace_once("look_symbols_up_in_a_file", text, old, LIBRARY_SYMBOLS + old + new)


def leave_table_unread(text: str) -> str:
    """Finding a function's place in the table made a JavaScript function for each of 147,000 entries, in every thread.

    Only the few functions that JavaScript itself adds are looked for.
    """
    return replace_once(
        "leave_table_unread",
        text,
        "functionsInTableMap=new WeakMap;updateTableMap(0,wasmTable.length)",
        "functionsInTableMap=new WeakMap",
    )


def hand_module_over_uncopied(text: str) -> str:
    """What was read of ``lean.wasm`` is a Uint8Array already."""
    return replace_once(
        "hand_module_over_uncopied",
        text,
        "var response=await readAsync(binaryFile);return new Uint8Array(response)",
        "return await readAsync(binaryFile)",
    )


def start_three_threads(text: str) -> str:
    """Each thread costs time and memory at start, and more when it is first wanted later; three is best."""
    return replace_once("start_three_threads", text, "var pthreadPoolSize=4;", "var pthreadPoolSize=3;")


def end_when_heap_is_full(text: str) -> str:
    """A Lean whose heap (2 GiB at most) is full would hang for ever: no message, no exit, no processor time."""
    full = (
        'if(ENVIRONMENT_IS_NODE){fs.writeSync(2,"Lean\'s heap is full\\n");process.kill(process.pid,"SIGKILL")}'
        "return false"
    )
    text = replace_once(
        "end_when_heap_is_full",
        text,
        "if(requestedSize>maxHeapSize){return false}",
        f"if(requestedSize>maxHeapSize){{{full}}}",
    )
    return replace_once(
        "end_when_heap_is_full",
        text,
        "if(replacement){return true}}return false}",
        f"if(replacement){{return true}}}}{full}}}",
    )


def name_uncaught_exceptions(text: str) -> str:
    """An exception that nothing catches is a mere number to JavaScript; its message becomes Lean's last word."""
    return replace_once(
        "name_uncaught_exceptions",
        text,
        "catch(ex){__emscripten_thread_crashed();throw ex}",
        'catch(ex){if(ENVIRONMENT_IS_NODE&&typeof ex=="number")'
        '{try{fs.writeSync(2,getExceptionMessage(ex).join(": ")+"\\n")}finally{process.kill(process.pid,"SIGKILL")}}'
        "__emscripten_thread_crashed();throw ex}",
    )


def break_lines(text: str) -> str:
    """One function a line: Node prints the source line with an error, which was the whole file."""
    return text.replace("}function ", "}\nfunction ").replace(";var ", ";\nvar ")


PATCHES: Sequence[Patch] = (
    look_symbols_up_in_a_map,
    read_standard_input_as_bytes,
    write_whole_lines,
    mount_host_folders,
    allow_permission_model,
    drop_profile,
    silence_debug_lines,
    read_library_in_thread,
    look_symbols_up_in_a_file,
    leave_table_unread,
    hand_module_over_uncopied,
    start_three_threads,
    end_when_heap_is_full,
    name_uncaught_exceptions,
    keep_used_exports,  # last: it keeps what the others use
    break_lines,
)


def patched(text: str) -> str:
    """``lean.js`` with all patches. Raises PatchDoesNotFit."""
    for patch in PATCHES:
        text = patch(text)
    return text


def kept_exports(text: str) -> set[str]:
    """The exports that the patched ``lean.js`` names, and the one that it finds by the name "main"."""
    return {"__main_argc_argv", *re.findall(r'wasmExports\["([^"]+)"\]', text)}
