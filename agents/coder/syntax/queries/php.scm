(comment) @comment
[(string) (encapsed_string) (heredoc) (nowdoc)] @string
[(name) (variable_name)] @identifier
[(compound_statement) (declaration_list) (enum_declaration_list) (switch_block)] @block

(namespace_use_declaration) @import
(program (expression_statement [(require_expression) (require_once_expression) (include_expression) (include_once_expression)]) @import)

(function_definition name: (_) @name body: (_) @body) @definition.function
(method_declaration name: (_) @name body: (_)? @body) @definition.function
(anonymous_function body: (_) @body) @definition.function
(class_declaration name: (_) @name body: (_) @body) @definition.class
(interface_declaration name: (_) @name body: (_) @body) @definition.class
(trait_declaration name: (_) @name body: (_) @body) @definition.class
(enum_declaration name: (_) @name body: (_) @body) @definition.class
(const_declaration (const_element (name) @name)) @definition.variable
