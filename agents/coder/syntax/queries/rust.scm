[(line_comment) (block_comment)] @comment
[(string_literal) (raw_string_literal) (char_literal)] @string
[(identifier) (type_identifier) (field_identifier) (shorthand_field_identifier)] @identifier
[(block) (declaration_list) (match_block) (field_declaration_list) (enum_variant_list)] @block

[(use_declaration) (extern_crate_declaration)] @import

(function_item name: (_) @name body: (_) @body) @definition.function
(function_signature_item name: (_) @name) @definition.function
(closure_expression body: (block) @body) @definition.function
(macro_definition name: (_) @name) @definition.function
(struct_item name: (_) @name body: (_)? @body) @definition.class
(enum_item name: (_) @name body: (_) @body) @definition.class
(union_item name: (_) @name body: (_) @body) @definition.class
(trait_item name: (_) @name body: (_) @body) @definition.class
(impl_item type: (_) @name body: (_) @body) @definition.class
(mod_item name: (_) @name body: (_)? @body) @definition.module
(type_item name: (_) @name) @definition.type
(const_item name: (_) @name) @definition.variable
(static_item name: (_) @name) @definition.variable
