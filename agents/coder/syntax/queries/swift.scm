[(comment) (multiline_comment)] @comment
[(line_string_literal) (multi_line_string_literal) (raw_string_literal)] @string
(interpolated_expression) @embedded
[(simple_identifier) (type_identifier)] @identifier
[(statements) (class_body) (protocol_body) (enum_class_body)] @block

(import_declaration) @import

(function_declaration name: (simple_identifier) @name body: (_) @body) @definition.function
(init_declaration body: (_) @body) @definition.function
(protocol_function_declaration name: (simple_identifier) @name) @definition.function
(class_declaration name: (_) @name body: (_) @body) @definition.class
(protocol_declaration name: (_) @name body: (_) @body) @definition.class
(typealias_declaration name: (_) @name) @definition.type
