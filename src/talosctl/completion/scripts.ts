/** All shells ask the program itself: it knows the verbs, and asks the machine for ids. */
const scripts = {
  bash: `# talosctl completion for bash
_talosctl() {
  local line="\${COMP_LINE:0:COMP_POINT}" words word
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  word="\${words[\${#words[@]}-1]}"
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)" -- "$word"))
  # Bash takes a colon, which ids of containers have, for the end of a word, and replaces what comes after it.
  [[ $COMP_WORDBREAKS == *:* ]] && COMPREPLY=("\${COMPREPLY[@]#"\${word%"\${word##*:}"}"}")
  compopt +o nospace 2>/dev/null
}
complete -o default -F _talosctl talosctl
`,
  zsh: `#compdef talosctl
_talosctl() {
  local -a candidates
  candidates=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  (( \${#candidates} )) && [[ -n \${candidates[1]} ]] && compadd -a candidates || _files
}
if [ "$funcstack[1]" = "_talosctl" ]; then _talosctl "$@"; else compdef _talosctl talosctl; fi
`,
  fish: `# talosctl completion for fish
function __talosctl_complete
  set -l words (commandline -opc)
  $words[1] __complete $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c talosctl -a '(__talosctl_complete)'
`,
} as const;

export const shells: readonly string[] = Object.keys(scripts);

export const completionScript = (shell: string): string | undefined =>
  Object.hasOwn(scripts, shell) ? scripts[shell as keyof typeof scripts] : undefined;
