"""The daisyUI template pack: daisyUI 5 on Tailwind CSS 4, compiled or from source."""
