[(line_comment) (multiline_comment)] @comment
[(string_literal) (character_literal)] @string
(interpolated_expression) @embedded
[(simple_identifier) (type_identifier)] @identifier
[(statements) (class_body) (enum_class_body)] @block

(import_header) @import

(function_declaration (simple_identifier) @name (function_body)? @body) @definition.function
(class_declaration (type_identifier) @name [(class_body) (enum_class_body)]? @body) @definition.class
(object_declaration (type_identifier) @name (class_body)? @body) @definition.class
(source_file (property_declaration (variable_declaration (simple_identifier) @name)) @definition.variable)
(type_alias (type_identifier) @name) @definition.type
