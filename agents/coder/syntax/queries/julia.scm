[(line_comment) (block_comment)] @comment
[(string_literal) (command_literal) (prefixed_string_literal)] @string
(string_interpolation) @embedded
(identifier) @identifier
(block) @block

[(using_statement) (import_statement)] @import

(function_definition (signature (call_expression (identifier) @name)) (block)? @body) @definition.function
(macro_definition (signature (call_expression (identifier) @name)) (block)? @body) @definition.function
(source_file (assignment . (call_expression (identifier) @name)) @definition.function)
(struct_definition (type_head (identifier) @name) (block)? @body) @definition.class
(module_definition name: (_) @name) @definition.module
