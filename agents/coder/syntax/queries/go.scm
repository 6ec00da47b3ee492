(comment) @comment
[(interpreted_string_literal) (raw_string_literal) (rune_literal)] @string
[(identifier) (type_identifier) (field_identifier) (package_identifier)] @identifier
[(block) (field_declaration_list) (interface_type)] @block

(import_declaration) @import

(function_declaration name: (_) @name body: (_) @body) @definition.function
(method_declaration name: (_) @name body: (_) @body) @definition.function
(func_literal body: (_) @body) @definition.function
(type_spec name: (_) @name type: (struct_type (field_declaration_list) @body)) @definition.class
(type_spec name: (_) @name type: (interface_type)) @definition.class
(type_spec name: (_) @name type: [(type_identifier) (map_type) (slice_type) (function_type) (pointer_type) (channel_type) (array_type) (qualified_type) (generic_type)]) @definition.type
(source_file (var_declaration (var_spec name: (_) @name) @definition.variable))
(source_file (const_declaration (const_spec name: (_) @name) @definition.variable))
