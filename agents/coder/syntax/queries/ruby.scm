(comment) @comment
[(string) (heredoc_body) (regex) (subshell)] @string
(interpolation) @embedded
[(identifier) (constant) (instance_variable) (class_variable) (global_variable)] @identifier
[(body_statement) (do_block) (block) (then) (else) (do)] @block

(program (call method: (identifier) arguments: (argument_list (string))) @import.call)

(method name: (_) @name body: (_)? @body) @definition.function
(singleton_method name: (_) @name body: (_)? @body) @definition.function
(class name: (_) @name body: (_)? @body) @definition.class
(module name: (_) @name body: (_)? @body) @definition.module
(assignment left: (constant) @name) @definition.variable
