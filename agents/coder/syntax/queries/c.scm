(comment) @comment
[(string_literal) (char_literal) (system_lib_string)] @string
[(identifier) (type_identifier) (field_identifier)] @identifier
[(compound_statement) (field_declaration_list) (enumerator_list)] @block

(preproc_include) @import

(function_definition declarator: (function_declarator declarator: (_) @name) body: (_) @body) @definition.function
(function_definition declarator: (_ declarator: (function_declarator declarator: (_) @name)) body: (_) @body) @definition.function
(declaration declarator: (function_declarator declarator: (_) @name)) @definition.function
(declaration declarator: (_ declarator: (function_declarator declarator: (_) @name))) @definition.function
(preproc_function_def name: (_) @name) @definition.function
(struct_specifier name: (_) @name body: (_) @body) @definition.class
(union_specifier name: (_) @name body: (_) @body) @definition.class
(enum_specifier name: (_) @name body: (_) @body) @definition.class
(type_definition declarator: (type_identifier) @name) @definition.type
(preproc_def name: (_) @name) @definition.variable
(translation_unit (declaration declarator: (init_declarator declarator: (identifier) @name)) @definition.variable)
