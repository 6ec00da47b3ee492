(comment) @comment
[(string_literal) (verbatim_string_literal) (raw_string_literal) (character_literal) (interpolated_string_expression)] @string
(interpolation) @embedded
(identifier) @identifier
[(block) (declaration_list) (enum_member_declaration_list) (accessor_list) (switch_body)] @block

(using_directive) @import

(method_declaration name: (_) @name body: (_)? @body) @definition.function
(constructor_declaration name: (_) @name body: (_) @body) @definition.function
(local_function_statement name: (_) @name body: (_) @body) @definition.function
(lambda_expression body: (block) @body) @definition.function
(property_declaration name: (_) @name) @definition.variable
(field_declaration (variable_declaration (variable_declarator name: (_) @name))) @definition.variable
(class_declaration name: (_) @name body: (_) @body) @definition.class
(struct_declaration name: (_) @name body: (_) @body) @definition.class
(interface_declaration name: (_) @name body: (_) @body) @definition.class
(enum_declaration name: (_) @name body: (_) @body) @definition.class
(record_declaration name: (_) @name body: (_)? @body) @definition.class
(namespace_declaration name: (_) @name body: (_) @body) @definition.module
