; inherits: c
(raw_string_literal) @string
(namespace_identifier) @identifier
(declaration_list) @block

[(using_declaration) (namespace_alias_definition)] @import

(class_specifier name: (_) @name body: (_) @body) @definition.class
(namespace_definition name: (_) @name body: (_) @body) @definition.module
(lambda_expression body: (_) @body) @definition.function
(field_declaration declarator: (function_declarator declarator: (_) @name)) @definition.function
(concept_definition name: (_) @name) @definition.type
(alias_declaration name: (_) @name) @definition.type
