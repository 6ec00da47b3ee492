[(line_comment) (block_comment)] @comment
[(string_literal) (character_literal)] @string
(string_interpolation) @embedded
[(identifier) (type_identifier)] @identifier
[(block) (constructor_body) (class_body) (interface_body) (enum_body) (switch_block)] @block

[(import_declaration) (package_declaration)] @import

(method_declaration name: (_) @name body: (_)? @body) @definition.function
(constructor_declaration name: (_) @name body: (_) @body) @definition.function
(lambda_expression body: (block) @body) @definition.function
(class_declaration name: (_) @name body: (_) @body) @definition.class
(interface_declaration name: (_) @name body: (_) @body) @definition.class
(enum_declaration name: (_) @name body: (_) @body) @definition.class
(record_declaration name: (_) @name body: (_) @body) @definition.class
(annotation_type_declaration name: (_) @name body: (_) @body) @definition.class
(field_declaration declarator: (variable_declarator name: (_) @name)) @definition.variable
